import { intlLocale } from './language';

/** The zone in which business dates are meant. */
export const businessZone = 'Europe/Istanbul';

type Style = 'date' | 'time' | 'date-time' | 'day';

const styles: Record<Style, Intl.DateTimeFormatOptions> = {
  date: { day: 'numeric', month: 'short', year: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit' },
  'date-time': { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  day: { day: 'numeric', month: 'long', year: 'numeric', weekday: 'long' },
};

const formats = new Map<string, Intl.DateTimeFormat>();

function formatter(style: Style, language: string, timeZone: string): Intl.DateTimeFormat {
  const key = `${style} ${language} ${timeZone}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(intlLocale(language), { ...styles[style], timeZone });
    formats.set(key, format);
  }
  return format;
}

const isPlainDate = (value: string) => /^\d{4}-\d{2}-\d{2}$/.test(value);

/** A date (`2024-05-01`) or a moment (ISO 8601) in words. A plain date has no zone and never moves to the day before. */
export function formatDate(value: string, style: Style, language: string): string {
  const plain = isPlainDate(value);
  const date = new Date(plain ? `${value}T12:00:00Z` : value);
  if (Number.isNaN(date.getTime())) return value;
  return formatter(style, language, plain ? 'UTC' : businessZone).format(date);
}

const days = new Intl.DateTimeFormat('en-CA', { timeZone: businessZone, dateStyle: 'short' });

/** The business day of a moment, as `2024-05-01`. */
export function businessDay(moment: string | Date): string {
  return days.format(typeof moment === 'string' ? new Date(moment) : moment);
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

const agos = new Map<string, Intl.RelativeTimeFormat>();

/** How long ago, in words: "3 gün önce", "yesterday". */
export function formatRelative(moment: string, language: string, now = Date.now()): string {
  const seconds = (new Date(moment).getTime() - now) / 1000;
  let format = agos.get(language);
  if (!format) {
    format = new Intl.RelativeTimeFormat(intlLocale(language), { numeric: 'auto', style: 'short' });
    agos.set(language, format);
  }
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, 'second');
}

/** A span of time as a clock shows it: `0:07`, `12:30`, `1:02:03`. */
export function formatElapsed(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (number: number) => String(number).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** The first and the last moment of a business day, as the API takes them. Turkey has kept one offset since 2016. */
export function dayBounds(day: string): { first: string; last: string } {
  return { first: `${day}T00:00:00+03:00`, last: `${day}T23:59:59.999+03:00` };
}

/** What was typed as a date, `31.12.2030` or `2030-12-31`, as `2030-12-31`; nothing while it is none. The day comes first in both languages. */
export function parseDate(typed: string): string | null {
  const [, day, month, year] = /^\s*(\d{1,2})[./-](\d{1,2})[./-](\d{4})\s*$/.exec(typed) ?? [];
  const plain = year ? `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}` : typed.trim();
  if (!isPlainDate(plain)) return null;
  const date = new Date(`${plain}T12:00:00Z`);
  // The 31st of February is the 3rd of March to a computer.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(plain) ? plain : null;
}

const clock = new Intl.DateTimeFormat('en-CA', {
  timeZone: businessZone,
  dateStyle: 'short',
  timeStyle: 'medium',
  hour12: false,
});

/** A moment as the business' clocks show it: `2024-05-01 14:30:00`. */
export function businessTime(moment: string | Date): string {
  return clock.format(typeof moment === 'string' ? new Date(moment) : moment).replace(', ', ' ');
}

/** The moment at which the business' clocks show this, ISO 8601. Turkey has kept one offset since 2016. */
export function atBusinessTime(shown: string): string {
  return `${shown.replace(' ', 'T')}+03:00`;
}

/** So many days after a day, as `2024-05-01`. */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
