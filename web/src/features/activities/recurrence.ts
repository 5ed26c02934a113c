import { businessDay } from '@/lib/dates';

/** How an activity usually repeats: the words of the choice, and the rule (RRULE of RFC 5545). */
export interface Repeat {
  id: 'daily' | 'weekdays' | 'weekly' | 'fortnightly' | 'monthly' | 'nth' | 'yearly';
  rule: string;
}

const codes = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** The rules that are offered for an activity at this time. */
export function repeatsOf(due: string): Repeat[] {
  const day = businessDay(due);
  const weekday = codes[new Date(`${day}T12:00:00Z`).getUTCDay()];
  const date = Number(day.slice(8));
  return [
    { id: 'daily', rule: 'FREQ=DAILY' },
    { id: 'weekdays', rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR' },
    { id: 'weekly', rule: `FREQ=WEEKLY;BYDAY=${weekday}` },
    { id: 'fortnightly', rule: `FREQ=WEEKLY;INTERVAL=2;BYDAY=${weekday}` },
    { id: 'monthly', rule: `FREQ=MONTHLY;BYMONTHDAY=${date}` },
    { id: 'nth', rule: `FREQ=MONTHLY;BYDAY=${Math.floor((date - 1) / 7) + 1}${weekday}` },
    { id: 'yearly', rule: 'FREQ=YEARLY' },
  ];
}

/** The rule with its last day, which is still part of it. */
export function endingOn(rule: string, day: string): string {
  return rule && day ? `${rule};UNTIL=${day.replaceAll('-', '')}` : rule;
}
