import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http, operationOf } from '@/api/client';
import { cursorOf, keys, optimistic } from '@/api/query';
import type { Here, Opportunity, ProductList } from '@/api/types';
import type { Line, NewLine, NewStakeholder, RecordTimeline, Stakeholder } from './parts';
import { opportunityQuery } from './queries';

/** How often we say that we are still here. The server forgets who has not said so for a while. */
const STILL_HERE_MS = 20_000;

/** What hangs on an opportunity: below its own key, so that what changes it refreshes them. */
const keyOf = (id: number) => opportunityQuery(id).queryKey;

/** Who else has the opportunity open; asking also says that we have. */
export function hereQuery(id: number, state: 'viewing' | 'editing') {
  return queryOptions({
    queryKey: ['opportunity-here', id, state],
    queryFn: async ({ signal }) => {
      const params = { path: { id } };
      const { data } = await http.POST('/api/v1/crm/opportunities/{id}/here/', { params, body: { state }, signal });
      return (data as Here).others;
    },
    refetchInterval: STILL_HERE_MS,
    staleTime: 0,
    gcTime: 0,
  });
}

/** Is the opportunity a favourite of the reader's? */
export function favouriteQuery(id: number) {
  return queryOptions({
    queryKey: [...keys.favourites, 'opportunity', id],
    queryFn: async ({ signal }) => {
      const params = { query: { entity: 'opportunity' } };
      const { data } = await http.GET('/api/v1/crm/me/favourites/', { params, signal });
      return (data?.results ?? []).some((one) => one.id === id);
    },
  });
}

/** Makes the opportunity a favourite, or no longer. */
export function useFavourite(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (favourite: boolean) => {
      const params = { path: { id } };
      if (favourite) await http.PUT('/api/v1/crm/opportunities/{id}/favourite/', { params });
      else await http.DELETE('/api/v1/crm/opportunities/{id}/favourite/', { params });
    },
    onMutate: (favourite) => optimistic<boolean>(client, favouriteQuery(id).queryKey, () => favourite),
    onError: (_error, _favourite, rollBack) => rollBack?.(),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.favourites }),
  });
}

interface Change {
  changes: Record<string, unknown>;
  /** Whatever others have written meanwhile. */
  regardless?: boolean;
}

/** Changes fields of an opportunity, at once on the screen; refused where others changed the same meanwhile. */
export function useChangeOpportunity(id: number) {
  const client = useQueryClient();
  const queryKey = keyOf(id);
  return useMutation({
    mutationFn: async ({ changes, regardless }: Change) => {
      const version = client.getQueryData<Opportunity>(queryKey)?.version;
      const headers = regardless || version === undefined ? {} : { 'If-Match': `"${version}"` };
      const params = { path: { id } };
      const { response } = await http.PATCH('/api/v1/crm/opportunities/{id}/', { params, body: changes, headers });
      return operationOf(response);
    },
    onMutate: ({ changes }) =>
      optimistic<Opportunity>(client, queryKey, (one) => ({
        ...one,
        ...changes,
        custom: { ...one.custom, ...(changes.custom as object | undefined) },
      })),
    onError: (_error, _change, rollBack) => rollBack?.(),
    // Category, probability and amounts follow from what was changed, so the record is read again also when it was refused.
    onSettled: () => client.invalidateQueries({ queryKey: ['opportunities'] }),
  });
}

/** Deletes an opportunity, for thirty days reversibly. */
export function useDeleteOpportunity(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const { response } = await http.DELETE('/api/v1/crm/opportunities/{id}/', { params: { path: { id } } });
      return operationOf(response);
    },
    onSuccess: () => {
      client.removeQueries({ queryKey: keyOf(id) });
      client.invalidateQueries({ queryKey: ['opportunities'] });
    },
  });
}

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
    onSuccess: () => client.invalidateQueries({ queryKey: ['opportunities'] }),
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
    onSuccess: () => client.invalidateQueries({ queryKey: ['opportunities'] }),
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

/** What happened with an opportunity, newest first, in pages; `kind` names the kinds of events. */
export function timelineQuery(id: number, kind: string) {
  return infiniteQueryOptions({
    queryKey: [...keyOf(id), 'timeline', kind],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const params = { path: { id }, query: { cursor: pageParam, kind: kind || undefined, page_size: 50 } };
      return (await http.GET('/api/v1/crm/opportunities/{id}/timeline/', { params, signal })).data as RecordTimeline;
    },
    getNextPageParam: (last) => cursorOf(last.next),
    placeholderData: (before) => before,
  });
}

/** Writes a note. */
export function useAddNote(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: { body: string; is_pinned: boolean }) => {
      const params = { path: { id } };
      const { response } = await http.POST('/api/v1/crm/opportunities/{id}/notes/', { params, body });
      return operationOf(response);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keyOf(id) }),
  });
}

/** Deletes a note. */
export function useDeleteNote(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (note: number) => {
      const params = { path: { id, note_id: note } };
      const { response } = await http.DELETE('/api/v1/crm/opportunities/{id}/notes/{note_id}/', { params });
      return operationOf(response);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keyOf(id) }),
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
