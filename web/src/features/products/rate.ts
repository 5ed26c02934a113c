import { intlLocale } from '@/lib/language';

/** A rate in the reader's manner: as many decimals as it has, four at least. */
export function formatRate(rate: string, language: string): string {
  const format = new Intl.NumberFormat(intlLocale(language), { minimumFractionDigits: 4, maximumFractionDigits: 6 });
  // Intl reads decimal strings exactly; the type of `format` does not know it yet.
  return format.format(rate as unknown as number);
}
