/** What a history tells of stages: when one was left for another. */
interface Told {
  at: string;
  changes: object;
}

/** How long an opportunity was in a stage. */
export interface Stay {
  stage: string;
  from: string;
  /** Still there when absent. */
  until?: string;
}

/** The stages an opportunity was in, the first one first; `history` is as the server lists it, the newest first. */
export function staysOf(
  {
    stage,
    outcome,
    created_at,
    stage_entered_at,
  }: {
    stage: string;
    outcome: string;
    created_at: string | null;
    stage_entered_at: string | null;
  },
  history: Told[],
): Stay[] {
  const moves = history
    .flatMap(({ at, changes }) => {
      const pair = (changes as Record<string, unknown>).stage;
      return Array.isArray(pair) ? [{ at, before: String(pair[0] ?? ''), after: String(pair[1] ?? '') }] : [];
    })
    .reverse();
  const first = moves[0];
  const entered = stage_entered_at ?? created_at ?? '';
  // What is won or lost stays so: no time passes there.
  const end = outcome === 'open' ? undefined : moves.at(-1)?.at;
  if (!first) return outcome === 'open' ? [{ stage, from: entered }] : [];
  const stays: Stay[] = [{ stage: first.before, from: created_at ?? first.at, until: first.at }];
  for (const [index, move] of moves.entries()) {
    const next = moves[index + 1];
    if (next) stays.push({ stage: move.after, from: move.at, until: next.at });
    else if (end === undefined) stays.push({ stage: move.after, from: move.at });
  }
  return stays;
}

/** Whole days from one moment to another. */
export function daysBetween(from: string, until: string | undefined, now = Date.now()): number {
  const end = until ? Date.parse(until) : now;
  return Math.max(0, Math.floor((end - Date.parse(from)) / 86_400_000));
}
