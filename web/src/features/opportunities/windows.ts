/** Days from one to another, as `2024-05-01`. */
export interface Days {
  from: string;
  to: string;
}

/** What to look at when nobody said. */
export interface Window {
  /** Looked back on by the pipeline's figures. */
  back: Days;
  /** Of the forecast. */
  ahead: Days;
  /** Nothing is around today: the days are those of the opportunities. */
  isElsewhere: boolean;
}

const iso = (year: number, month: number, day: number) =>
  new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);

/**
 * The year up to today and the one ahead; when the latest won and the latest expected are both more than a year old, the year in which the last
 * one was won, up to the last day on which something is expected (two years at most, as the API has it).
 */
export function defaultWindow(today: string, lastWon: string | undefined, lastExpected: string | undefined): Window {
  const [year = 0, month = 1, day = 1] = today.split('-').map(Number);
  const yearAgo = iso(year - 1, month - 1, day);
  const last = [lastWon, lastExpected]
    .filter((one) => one !== undefined)
    .sort()
    .pop();
  if (last === undefined || last >= yearAgo)
    return {
      back: { from: yearAgo, to: today },
      ahead: { from: today, to: iso(year, month + 10, 1) },
      isElsewhere: false,
    };
  const of = lastWon ?? last;
  const [lastYear = 0, lastMonth = 1] = of.split('-').map(Number);
  const from = iso(lastYear - 1, lastMonth, 1);
  const latestTo = iso(lastYear + 1, lastMonth - 1, 1);
  return {
    back: { from, to: iso(lastYear, lastMonth, 0) },
    ahead: { from, to: last < latestTo ? last : latestTo },
    isElsewhere: true,
  };
}
