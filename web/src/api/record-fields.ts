import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { http } from './client';
import { type LocalFields, useLocalFields } from './customer-fields';
import { entityOf, type RecordKind } from './records';
import type { Field } from './types';

/** Records, but for customers, that describe their fields. */
export type SalesRecord = Exclude<RecordKind, 'customers'>;

/** What fields a kind of record has; the same for a good while. */
export function recordFieldsQuery(record: SalesRecord) {
  return queryOptions({
    queryKey: [`${entityOf[record]}-fields`],
    staleTime: 5 * 60_000,
    queryFn: async () => (await http.GET(`/api/v1/crm/${record}/fields/`)).data as Field[],
  });
}

/** The fields of a kind of record in the reader's language. */
export function useRecordFields(record: SalesRecord): LocalFields {
  return useLocalFields(useSuspenseQuery(recordFieldsQuery(record)).data);
}

/** A criteria in words, in both languages, and how many records it finds. What is wrong with it is said by its place. */
export function recordSentenceQuery(record: RecordKind, criteria: unknown, enabled = true) {
  return queryOptions({
    queryKey: [record, 'sentence', criteria],
    enabled,
    retry: false,
    queryFn: async ({ signal }) => {
      const body = { criteria: criteria as Record<string, unknown> };
      const { data } = await http.POST(`/api/v1/crm/${record}/criteria/`, { body, signal });
      if (!data) throw new Error('no sentence');
      return data;
    },
  });
}
