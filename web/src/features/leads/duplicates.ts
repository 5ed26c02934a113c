import { http } from '@/api/client';
import { draftCheckQuery, type RecordDraft } from '@/api/draft-check';
import type { LeadChecked } from '@/api/types';

/** Looks for the doubles of a draft among leads and customers. */
export const leadCheckQuery = (draft: RecordDraft, enabled: boolean) =>
  draftCheckQuery(
    ['leads', 'check'],
    draft,
    enabled,
    async (body, signal) =>
      (await http.POST('/api/v1/crm/leads/check-duplicates/', { body, signal })).data as LeadChecked,
  );

/** How many there are, those included that the reader may not see. */
export function countOf(check: LeadChecked | undefined): number {
  if (!check) return 0;
  const { leads, hidden_count, customers } = check;
  return leads.length + hidden_count + customers.candidates.length + customers.hidden_count;
}
