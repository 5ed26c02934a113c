import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http, operationOf } from '@/api/client';
import { keys, optimistic } from '@/api/query';
import type { Customer360, Explained, NewShare, Share } from '@/api/types';
import type { NoteActions } from '@/ui/notes/note';
import { customerQuery } from './queries';

/** How many customers this one may be the same as. */
export function duplicateCountQuery(id: number) {
  return queryOptions({
    queryKey: [...keys.customer(id), 'duplicates'],
    queryFn: async ({ signal }) => {
      const params = { path: { id }, query: { state: 'open', page_size: 1 } };
      return (await http.GET('/api/v1/crm/customers/{id}/duplicates/', { params, signal })).data?.count ?? 0;
    },
  });
}

/** With whom the customer is shared. */
export function sharesQuery(id: number) {
  return queryOptions({
    queryKey: [...keys.customer(id), 'shares'],
    queryFn: async ({ signal }) =>
      ((await http.GET('/api/v1/crm/customers/{id}/shares/', { params: { path: { id } }, signal })).data?.results ??
        []) as Share[],
  });
}

/** What a user may do with the customer, and by which role or share. */
export function accessQuery(id: number, userId: number) {
  return queryOptions({
    queryKey: [...keys.customer(id), 'access', userId],
    queryFn: async ({ signal }) => {
      const params = { path: { id }, query: { user_id: userId } };
      return (await http.GET('/api/v1/crm/customers/{id}/access/', { params, signal })).data as Explained;
    },
  });
}

/** The provinces of Türkiye. */
export const provincesQuery = queryOptions({
  queryKey: ['provinces'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async () => (await http.GET('/api/v1/crm/places/provinces/')).data?.results ?? [],
});

/** The districts of a province. */
export function districtsQuery(province: number | undefined) {
  return queryOptions({
    queryKey: ['districts', province],
    staleTime: Number.POSITIVE_INFINITY,
    enabled: province !== undefined,
    queryFn: async () => {
      const params = { path: { code: province as number } };
      return (await http.GET('/api/v1/crm/places/provinces/{code}/districts/', { params })).data?.results ?? [];
    },
  });
}

const refresh = (client: QueryClient, id: number) => client.invalidateQueries({ queryKey: keys.customer(id) });

/** Makes the customer a favourite, or no longer. */
export function useFavourite(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (favourite: boolean) => {
      const params = { path: { id } };
      if (favourite) await http.PUT('/api/v1/crm/customers/{id}/favourite/', { params });
      else await http.DELETE('/api/v1/crm/customers/{id}/favourite/', { params });
    },
    onMutate: (favourite) =>
      optimistic<Customer360>(client, customerQuery(id).queryKey, (data) => ({ ...data, is_favourite: favourite })),
    onError: (_error, _favourite, rollBack) => rollBack?.(),
    onSuccess: () => client.invalidateQueries({ queryKey: ['favourites'] }),
  });
}

/** Writes, changes and deletes the notes of a customer. */
export function useNoteActions(id: number): NoteActions {
  const client = useQueryClient();
  const done = async ({ response }: { response: Response }) => {
    void refresh(client, id);
    return operationOf(response);
  };
  const path = (note: number) => ({ params: { path: { id: note } } });
  return {
    add: (body) => http.POST('/api/v1/crm/customers/{id}/notes/', { params: { path: { id } }, body }).then(done),
    change: (note, body) => http.PATCH('/api/v1/crm/notes/{id}/', { ...path(note), body }).then(done),
    remove: (note) => http.DELETE('/api/v1/crm/notes/{id}/', path(note)).then(done),
  };
}

/** Shares the customer with a user or a team. */
export function useShare(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: NewShare) => {
      await http.POST('/api/v1/crm/customers/{id}/shares/', { params: { path: { id } }, body });
    },
    onSuccess: () => void refresh(client, id),
  });
}

/** Ends a share. */
export function useEndShare(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (share: number) => {
      const params = { path: { id, share_id: share } };
      await http.DELETE('/api/v1/crm/customers/{id}/shares/{share_id}/', { params });
    },
    onSuccess: () => void refresh(client, id),
  });
}

/** Makes the customer anonymous for good. */
export function useErase(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: { customer_code: string; reason: string }) => {
      await http.POST('/api/v1/crm/customers/{id}/erase/', { params: { path: { id } }, body });
    },
    onSuccess: () => {
      refresh(client, id);
      client.invalidateQueries({ queryKey: keys.customers });
    },
  });
}
