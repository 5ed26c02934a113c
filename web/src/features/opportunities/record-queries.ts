import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http, operationOf } from '@/api/client';
import { keys } from '@/api/query';
import { refreshRecord, useChangeRecord } from '@/api/record-activity';
import { recordKey } from '@/api/records';
import type { Opportunity, ProductList } from '@/api/types';
import type { Line, NewLine, NewStakeholder, Stakeholder } from './parts';
import { opportunityQuery } from './queries';

/** What hangs on an opportunity: below its own key, so that what changes it refreshes them. */
const keyOf = (id: number) => recordKey('opportunities', id);

/** Changes fields of an opportunity; category, probability and amounts may follow. */
export const useChangeOpportunity = (id: number) =>
  useChangeRecord<Opportunity>('opportunities', id, opportunityQuery(id).queryKey);

/** What is sold. */
export function linesQuery(id: number) {
  return queryOptions({
    queryKey: [...keyOf(id), 'lines'],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/opportunities/{id}/lines/', { params: { path: { id } }, signal })).data as {
        lines: Line[];
        total: string;
        currency: string;
      },
  });
}

/** Sets the whole list of what is sold; the amount follows from it. */
export function useSetLines(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (lines: NewLine[]) => {
      const params = { path: { id } };
      const { response } = await http.PUT('/api/v1/crm/opportunities/{id}/lines/', { params, body: { lines } });
      return operationOf(response);
    },
    onSuccess: () => refreshRecord(client, 'opportunities', id),
  });
}

/** Products on sale whose name or code has the text in it. */
export function productSuggestionsQuery(search: string) {
  return queryOptions({
    queryKey: ['products', 'suggestions', search],
    queryFn: async ({ signal }) => {
      const query = { search: search || undefined, is_active: true, page_size: 20 };
      return ((await http.GET('/api/v1/crm/products/', { params: { query }, signal })).data as ProductList).results;
    },
    placeholderData: (before) => before,
  });
}

/** Who has a say in the purchase. */
export function stakeholdersQuery(id: number) {
  return queryOptions({
    queryKey: [...keyOf(id), 'stakeholders'],
    queryFn: async ({ signal }) =>
      ((await http.GET('/api/v1/crm/opportunities/{id}/stakeholders/', { params: { path: { id } }, signal })).data
        ?.results ?? []) as Stakeholder[],
  });
}

/** Sets the whole list of those who have a say. */
export function useSetStakeholders(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (stakeholders: NewStakeholder[]) => {
      const params = { path: { id } };
      const body = { stakeholders };
      const { response } = await http.PUT('/api/v1/crm/opportunities/{id}/stakeholders/', { params, body });
      return operationOf(response);
    },
    onSuccess: () => refreshRecord(client, 'opportunities', id),
  });
}

/** The people of a customer, by whom to choose stakeholders from. */
export function contactsQuery(customer: number | null) {
  return queryOptions({
    queryKey: [...keys.customer(customer ?? 0), 'contacts'],
    enabled: customer !== null,
    queryFn: async ({ signal }) => {
      const params = { path: { id: customer as number } };
      const { data } = await http.GET('/api/v1/crm/customers/{id}/relations/', { params, signal });
      return (data?.results ?? []).filter(({ other_type }) => other_type === 'individual');
    },
  });
}

/** The name of a customer. */
export function customerNameQuery(id: number | undefined) {
  return queryOptions({
    queryKey: [...keys.customer(id ?? 0), 'name'],
    enabled: id !== undefined,
    queryFn: async ({ signal }) => {
      const params = { path: { id: id as number } };
      return (await http.GET('/api/v1/crm/customers/{id}/', { params, signal })).data?.name ?? '';
    },
  });
}

/** Makes an opportunity, and puts what is sold on it. */
export function useCreateOpportunity() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ body, lines }: { body: Record<string, unknown>; lines: NewLine[] }) => {
      const { data, response } = await http.POST('/api/v1/crm/opportunities/', { body });
      const opportunity = data as Opportunity;
      // Undoing the first takes the opportunity away with its lines.
      const path = { id: opportunity.id };
      // It is there already: what is wrong with the lines is told, but is no reason to make it once more.
      const linesError: unknown =
        lines.length > 0
          ? await http.PUT('/api/v1/crm/opportunities/{id}/lines/', { params: { path }, body: { lines } }).then(
              () => undefined,
              (error: unknown) => error,
            )
          : undefined;
      return { opportunity, operation: operationOf(response), linesError };
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['opportunities'] }),
  });
}
