const DAY_MS = 86_400_000;

/** Whole days since it came into its stage. */
export function daysInStage(enteredAt: string | null, now = Date.now()): number {
  return enteredAt ? Math.max(0, Math.floor((now - new Date(enteredAt).getTime()) / DAY_MS)) : 0;
}

/** Has it been there for longer than the stage allows? */
export function isRotting(days: number, limit: number | null | undefined): boolean {
  return typeof limit === 'number' && days > limit;
}
