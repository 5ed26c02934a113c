import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { http } from '@/api/client';
import { isStatus } from '@/api/error';
import type { LeadChecked } from '@/api/types';

/** What a check says of a draft: who may be the same, and which of its fields are wrong so far. */
export interface DraftCheck {
  check: LeadChecked | undefined;
  errors: Record<string, string[]>;
}

/** Looks for the doubles of a draft among leads and customers. Fields that are wrong, or half typed, are told and left aside. */
export function draftCheckQuery(draft: Record<string, unknown>, enabled: boolean) {
  return queryOptions({
    queryKey: ['leads', 'check', draft],
    enabled,
    gcTime: 60_000,
    // What was found for the letters before stays until there is something newer, so that nothing flickers.
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<DraftCheck> => {
      const ask = async (body: Record<string, unknown>) =>
        (await http.POST('/api/v1/crm/leads/check-duplicates/', { body, signal })).data as LeadChecked;
      try {
        return { check: await ask(draft), errors: {} };
      } catch (error) {
        if (!isStatus(error, 422)) throw error;
        const right = Object.entries(draft).filter(([name]) => !(name in error.errors));
        const mayHelp = right.length > 0 && right.length < Object.keys(draft).length;
        return { check: mayHelp ? await ask(Object.fromEntries(right)) : undefined, errors: error.errors };
      }
    },
  });
}

/** How many there are, those included that the reader may not see. */
export function countOf(check: LeadChecked | undefined): number {
  if (!check) return 0;
  const { leads, hidden_count, customers } = check;
  return leads.length + hidden_count + customers.candidates.length + customers.hidden_count;
}
