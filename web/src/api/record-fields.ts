import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { http } from './client';
import { type LocalFields, useLocalFields } from './customer-fields';
import type { Field } from './types';

/** Records of sales that describe their fields. */
export type SalesRecord = 'leads' | 'opportunities';

const paths = {
  leads: { fields: '/api/v1/crm/leads/fields/', criteria: '/api/v1/crm/leads/criteria/' },
  opportunities: { fields: '/api/v1/crm/opportunities/fields/', criteria: '/api/v1/crm/opportunities/criteria/' },
} as const;

/** What fields a kind of record has; the same for a good while. */
export function recordFieldsQuery(record: SalesRecord) {
  return queryOptions({
    queryKey: [record === 'leads' ? 'lead-fields' : 'opportunity-fields'],
    staleTime: 5 * 60_000,
    queryFn: async () => (await http.GET(paths[record].fields)).data as Field[],
  });
}

/** The fields of a kind of record in the reader's language. */
export function useRecordFields(record: SalesRecord): LocalFields {
  return useLocalFields(useSuspenseQuery(recordFieldsQuery(record)).data);
}

/** A criteria in words, and how many records it finds. */
export function recordSentenceQuery(record: SalesRecord, criteria: unknown, enabled = true) {
  return queryOptions({
    queryKey: [record, 'sentence', criteria],
    enabled,
    retry: false,
    queryFn: async ({ signal }) => {
      const body = { criteria: criteria as Record<string, unknown> };
      const { data } = await http.POST(paths[record].criteria, { body, signal });
      if (!data) throw new Error('no sentence');
      return data;
    },
  });
}
