import { keepPreviousData, type QueryKey, queryOptions } from '@tanstack/react-query';
import { isStatus } from './error';

/** A record that is not there yet, as far as it is written. */
export type RecordDraft = Record<string, unknown>;

/** What a check says of a draft: who may be the same, and which of its fields are wrong so far. */
export interface DraftCheck<Check> {
  check: Check | undefined;
  errors: Record<string, string[]>;
}

/** Looks for the doubles of a draft by `ask`. Fields that are wrong, or half typed, are told and left aside. */
export function draftCheckQuery<Check>(
  key: QueryKey,
  draft: RecordDraft,
  enabled: boolean,
  ask: (draft: RecordDraft, signal: AbortSignal) => Promise<Check>,
) {
  return queryOptions({
    queryKey: [...key, draft],
    enabled,
    gcTime: 60_000,
    // What was found for the letters before stays until there is something newer, so that nothing flickers.
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<DraftCheck<Check>> => {
      try {
        return { check: await ask(draft, signal), errors: {} };
      } catch (error) {
        if (!isStatus(error, 422)) throw error;
        const right = Object.entries(draft).filter(([name]) => !(name in error.errors));
        const mayHelp = right.length > 0 && right.length < Object.keys(draft).length;
        return { check: mayHelp ? await ask(Object.fromEntries(right), signal) : undefined, errors: error.errors };
      }
    },
  });
}
