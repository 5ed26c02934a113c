import type { CalendarItem } from '@/api/types';
import { addDays, atBusinessTime, businessDay, businessTime } from '@/lib/dates';

/** The ways a calendar is looked at. */
export const views = ['day', 'week', 'month', 'agenda', 'team'] as const;
export type View = (typeof views)[number];

export const asView = (text: unknown): View | undefined => views.find((view) => view === text);

/** Minutes that what is dragged snaps to. */
export const STEP = 15;
export const DAY = 24 * 60;

/** The Monday of the week of a day. */
export function mondayOf(day: string): string {
  const weekday = new Date(`${day}T12:00:00Z`).getUTCDay();
  return addDays(day, -((weekday + 6) % 7));
}

const firstOf = (day: string) => `${day.slice(0, 8)}01`;

/** The days that a view of a day shows, in their order. */
export function daysOf(view: View, day: string): string[] {
  const run = (from: string, count: number) => Array.from({ length: count }, (_, index) => addDays(from, index));
  if (view === 'week') return run(mondayOf(day), 7);
  if (view === 'agenda') return run(day, 30);
  if (view !== 'month') return [day];
  const first = mondayOf(firstOf(day));
  const next = firstOf(addDays(firstOf(day), 31));
  const weeks = Math.ceil((Date.parse(`${next}T12:00:00Z`) - Date.parse(`${first}T12:00:00Z`)) / (7 * 86_400_000));
  return run(first, weeks * 7);
}

/** The day that the view before or after this one stands on. */
export function turned(view: View, day: string, by: 1 | -1): string {
  if (view === 'week') return addDays(day, 7 * by);
  if (view === 'agenda') return addDays(day, 30 * by);
  if (view !== 'month') return addDays(day, by);
  return by > 0 ? firstOf(addDays(firstOf(day), 31)) : firstOf(addDays(firstOf(day), -1));
}

/** Minutes since midnight, as the business' clocks show a moment. */
export function minuteOf(moment: string): number {
  const [hours = 0, minutes = 0] = businessTime(moment).slice(11, 16).split(':').map(Number);
  return (hours % 24) * 60 + minutes;
}

/** The moment at so many minutes of a day; beyond midnight it is the next day's. */
export function momentAt(day: string, minute: number): string {
  const on = addDays(day, Math.floor(minute / DAY));
  const left = ((minute % DAY) + DAY) % DAY;
  const two = (number: number) => String(number).padStart(2, '0');
  return atBusinessTime(`${on}T${two(Math.floor(left / 60))}:${two(left % 60)}:00`);
}

/** How long an item takes. */
export const minutesOf = ({ start, end }: Pick<CalendarItem, 'start' | 'end'>) =>
  Math.max(0, Math.round((Date.parse(end) - Date.parse(start)) / 60_000));

/** Does it fall on this day? One that ends at midnight does not fall on the next. */
export function isOn(item: Pick<CalendarItem, 'start' | 'end' | 'is_all_day'>, day: string): boolean {
  const last = minutesOf(item) > 0 ? new Date(Date.parse(item.end) - 1) : item.start;
  return businessDay(item.start) <= day && day <= businessDay(last);
}

/** What stands at the head of a day and not in its hours. */
export const isWhole = (item: CalendarItem) => item.is_all_day || minutesOf(item) >= DAY;

/** Where an item stands in the column of a day: minutes from its top, and its part of the width. */
export interface Placed {
  item: CalendarItem;
  top: number;
  height: number;
  lane: number;
  lanes: number;
}

/** What takes no time is still to be read and touched. */
const LEAST = 30;

/** Items of a day beside each other where they overlap. */
export function placed(items: CalendarItem[], day: string): Placed[] {
  const all = items
    .filter((item) => !isWhole(item) && isOn(item, day))
    .map((item) => {
      const top = businessDay(item.start) === day ? minuteOf(item.start) : 0;
      const takes = minutesOf(item) - (businessDay(item.start) === day ? 0 : DAY - minuteOf(item.start));
      return { item, top, height: Math.min(Math.max(takes, LEAST), DAY - top), lane: 0, lanes: 1 };
    })
    .sort((one, other) => one.top - other.top || other.height - one.height || one.item.id - other.item.id);
  // Those that overlap one another, directly or through others, share the width.
  let cluster: Placed[] = [];
  let ends: number[] = [];
  const close = () => {
    for (const one of cluster) one.lanes = ends.length;
    cluster = [];
    ends = [];
  };
  for (const one of all) {
    if (ends.length > 0 && one.top >= Math.max(...ends)) close();
    const free = ends.findIndex((end) => end <= one.top);
    one.lane = free === -1 ? ends.length : free;
    ends[one.lane] = one.top + one.height;
    cluster.push(one);
  }
  close();
  return all;
}

export const snapped = (minute: number) => Math.round(minute / STEP) * STEP;

/** Is somebody of the item busy with another open one at that time? */
export function clashes(items: CalendarItem[], moved: CalendarItem): boolean {
  const people = new Set([moved.assigned_to, ...moved.attendees].filter((id) => id !== null));
  const takes = minutesOf(moved);
  if (takes === 0 || isWhole(moved)) return false;
  return items.some(
    (other) =>
      other.id !== moved.id &&
      !isWhole(other) &&
      other.status !== 'completed' &&
      other.status !== 'cancelled' &&
      minutesOf(other) > 0 &&
      Date.parse(other.start) < Date.parse(moved.end) &&
      Date.parse(moved.start) < Date.parse(other.end) &&
      [other.assigned_to, ...other.attendees].some((id) => id !== null && people.has(id)),
  );
}
