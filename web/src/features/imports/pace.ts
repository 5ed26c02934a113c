import type { ImportJob } from '@/api/types';

/** How far an import was at some moment. */
export interface Mark {
  at: number;
  rows: number;
  bytes: number;
}

/** How fast it goes, and how long it will take still; known after two marks. */
export interface Pace {
  rowsPerSecond: number;
  secondsLeft: number;
}

const WINDOW_MS = 10_000;

/** The mark of an import. The server's clock counts: answers may come late. */
export function markOf({ updated_at, counts, read_bytes }: ImportJob): Mark {
  return { at: Date.parse(updated_at), rows: counts.rows ?? 0, bytes: read_bytes };
}

/** Marks with one more, without those that say nothing of the present any more. */
export function withMark(marks: Mark[], mark: Mark): Mark[] {
  const last = marks[marks.length - 1];
  if (last && mark.at <= last.at) return marks;
  return [...marks.filter(({ at }) => at >= mark.at - WINDOW_MS), mark];
}

/** The pace that the marks show. */
export function paceOf(marks: Mark[], totalBytes: number): Pace | undefined {
  const first = marks[0];
  const last = marks[marks.length - 1];
  if (!first || !last || last.bytes <= first.bytes) return undefined;
  const seconds = (last.at - first.at) / 1000;
  const bytesPerSecond = (last.bytes - first.bytes) / seconds;
  return {
    rowsPerSecond: (last.rows - first.rows) / seconds,
    secondsLeft: Math.max(0, (totalBytes - last.bytes) / bytesPerSecond),
  };
}
