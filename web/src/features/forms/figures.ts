import type { WebFormFigures } from '@/api/types';
import { intlLocale } from '@/lib/language';

/** Hundredths of a percent in words; nothing to divide by is a dash. */
export function formatConversion(hundredths: number | null | undefined, language: string): string {
  if (hundredths == null) return '—';
  const format = new Intl.NumberFormat(intlLocale(language), { style: 'percent', maximumFractionDigits: 1 });
  return format.format(hundredths / 10_000);
}

/** What is counted in a stretch of time. */
export interface Stretch {
  /** A day, or a month as `2026-03`. */
  from: string;
  views: number;
  submissions: number;
  leads: number;
}

/** Days are shown one by one up to here; beyond, months are. */
const MOST_DAYS = 31;

/** What was counted, in as many stretches as there is room for; days on which nothing happened count, too. */
export function stretches({ from, to, by_day }: Pick<WebFormFigures, 'from' | 'to' | 'by_day'>): Stretch[] {
  const days = daysBetween(from, to);
  const nameOf = days.length > MOST_DAYS ? (day: string) => day.slice(0, 7) : (day: string) => day;
  const all = new Map<string, Stretch>();
  for (const day of days) all.set(nameOf(day), { from: nameOf(day), views: 0, submissions: 0, leads: 0 });
  for (const { day, views, submissions, leads } of by_day) {
    const stretch = all.get(nameOf(day));
    if (!stretch) continue;
    stretch.views += views;
    stretch.submissions += submissions;
    stretch.leads += leads;
  }
  return [...all.values()];
}

function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  const day = new Date(`${from}T12:00:00Z`);
  for (; days.length < 400 && day.toISOString().slice(0, 10) <= to; day.setUTCDate(day.getUTCDate() + 1))
    days.push(day.toISOString().slice(0, 10));
  return days;
}
