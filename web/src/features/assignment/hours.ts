/** The days of a week as the server writes them. */
export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof days)[number];

/** Day → spans such as `09:00-12:30`. */
export type Hours = Partial<Record<string, string[]>>;

/** A day's spans as a form shows them: `09:00-12:30, 13:30-18:00`. */
export function spansText(hours: Hours, day: Day): string {
  return (hours[day] ?? []).join(', ');
}

/** What was written, as spans: `9-12.30` is `09:00-12:30`. What is none of these stays as it is, for the server to refuse. */
export function spansOf(text: string): string[] {
  return text
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const ends = part.split(/\s*[-–]\s*/);
      return ends.length === 2 && ends.every((end) => clock.test(end)) ? ends.map(clockTime).join('-') : part;
    });
}

const clock = /^(\d{1,2})(?:[:.](\d{2}))?$/;

function clockTime(text: string): string {
  const [, hours = '', minutes = '00'] = clock.exec(text) ?? [];
  return `${hours.padStart(2, '0')}:${minutes}`;
}

/** Hours in few words: days with the same spans together, as (first day, last day, spans). */
export function summary(hours: Hours): { from: Day; to: Day; spans: string }[] {
  const runs: { from: Day; to: Day; spans: string }[] = [];
  for (const [at, day] of days.entries()) {
    const spans = spansText(hours, day);
    const last = runs.at(-1);
    if (!spans) continue;
    if (last && last.spans === spans && last.to === days[at - 1]) last.to = day;
    else runs.push({ from: day, to: day, spans });
  }
  return runs;
}
