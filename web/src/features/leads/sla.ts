/** Within this much before the time is up a lead is urgent. */
const URGENT_MS = 30 * 60_000;

/** How a lead that waits for an answer stands: `late` once its time is up, `urgent` shortly before. */
export type SlaState = 'ok' | 'urgent' | 'late';

/** The state of the clock at a moment. */
export function slaState(due: string, now: number): SlaState {
  const left = new Date(due).getTime() - now;
  if (left < 0) return 'late';
  return left < URGENT_MS ? 'urgent' : 'ok';
}

/** The units in which the rest of the time is told, the largest two at most: `[['day', 2], ['hour', 3]]`. */
export function slaParts(due: string, now: number): ['day' | 'hour' | 'minute', number][] {
  const minutes = Math.floor(Math.abs(new Date(due).getTime() - now) / 60_000);
  const parts: ['day' | 'hour' | 'minute', number][] = [
    ['day', Math.floor(minutes / 1440)],
    ['hour', Math.floor(minutes / 60) % 24],
    ['minute', minutes % 60],
  ];
  const first = parts.findIndex(([, count]) => count > 0);
  if (first < 0) return [['minute', 0]];
  return parts.slice(first, first + 2).filter(([, count]) => count > 0);
}
