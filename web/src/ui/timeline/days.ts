import { businessDay } from '@/lib/dates';

/** Consecutive entries of one business day. */
export interface Day<Entry> {
  day: string;
  entries: Entry[];
}

/** Groups entries, newest first, by business day. */
export function byDay<Entry extends { at: string }>(entries: Entry[]): Day<Entry>[] {
  const days: Day<Entry>[] = [];
  for (const entry of entries) {
    const day = businessDay(entry.at);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
}
