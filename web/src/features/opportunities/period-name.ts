import type { TFunction } from 'i18next';
import { intlLocale } from '@/lib/language';

/** A month (`2026-11`) or a quarter (`2026-Q4`) in words; what is neither stays as it is. */
export function periodName(period: string, language: string, t: TFunction): string {
  const quarter = /^(\d{4})-Q([1-4])$/.exec(period);
  if (quarter) return t('opportunities.forecast.quarter_of', { year: quarter[1], number: quarter[2] });
  if (!/^\d{4}-\d{2}$/.test(period)) return period;
  const format = new Intl.DateTimeFormat(intlLocale(language), { month: 'long', year: 'numeric', timeZone: 'UTC' });
  return format.format(new Date(`${period}-15T12:00:00Z`));
}
