import type { Operation } from '@/api/types';
import { UNDO } from './kinds';

/** One figure of an operation's summary and the text that says it. */
export interface Figure {
  key: string;
  count: number;
}

const told: [string, string][] = [
  ['changed', 'operations.records'],
  ['created', 'operations.created'],
  ['updated', 'operations.updated'],
  ['undone', 'operations.restored'],
  ['wrong', 'operations.wrong'],
];

/** What came of an operation, in figures. */
export function figuresOf({ kind, summary }: Pick<Operation, 'kind' | 'summary'>): Figure[] {
  const counts = summary as Record<string, unknown>;
  const figures = told
    .map(([name, key]) => ({ key, count: Number(counts[name] ?? 0) }))
    .filter(({ key, count }) => count > 0 || (key === 'operations.restored' && kind === UNDO));
  const refused = Number(counts.refused ?? 0);
  const refusedKey = kind === UNDO ? 'operations.not_restored' : 'operations.refused';
  return refused > 0 ? [...figures, { key: refusedKey, count: refused }] : figures;
}

/** How an operation stands: as the server says, or that it was taken back. */
export function standingOf({ state, undone_by_id }: Pick<Operation, 'state' | 'undone_by_id'>) {
  if (state === 'running' || state === 'failed') return state;
  return undone_by_id != null ? 'undone' : 'done';
}

/** How many records an operation concerned, for the progress of what takes it back. */
export function sizeOf(summary: Record<string, unknown> | undefined): number | undefined {
  const size = ['changed', 'undone', 'rows'].map((name) => Number(summary?.[name] ?? 0)).find((count) => count > 0);
  return size;
}
