import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http, operationOf } from '@/api/client';
import { cursorOf, keys, optimistic } from '@/api/query';
import type { Consents, Customer, Customer360, Relation, TimelinePage } from '@/api/types';

/** A customer with all sections of the first paint. */
export function customerQuery(id: number) {
  return queryOptions({
    queryKey: [...keys.customer(id), '360'],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/customers/{id}/360/', { params: { path: { id } }, signal })).data as Customer360,
  });
}

/** The history by pages; the first one comes with the customer. */
export function timelineQuery(id: number, kind: string) {
  return infiniteQueryOptions({
    queryKey: [...keys.customer(id), 'timeline', kind],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = { kind: kind || undefined, cursor: pageParam };
      const path = { id };
      return (await http.GET('/api/v1/crm/customers/{id}/timeline/', { params: { path, query }, signal }))
        .data as TimelinePage;
    },
    // The page that comes with the customer names the position, the others a link to it.
    getNextPageParam: (last) => cursorOf(last.next) ?? last.next ?? undefined,
  });
}

/** The ties of a customer to others. */
export function relationsQuery(id: number) {
  return queryOptions({
    queryKey: [...keys.customer(id), 'relations'],
    queryFn: async ({ signal }) => {
      const params = { path: { id }, query: { page_size: 50 } };
      return (await http.GET('/api/v1/crm/customers/{id}/relations/', { params, signal })).data?.results as Relation[];
    },
  });
}

/** What the other customer of a relation can be to this one. */
export const relationRolesQuery = queryOptions({
  queryKey: ['relation-roles'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async () => (await http.GET('/api/v1/crm/relations/roles/')).data?.results ?? [],
});

/** What the customer has consented to, and the ledger of it. */
export function consentsQuery(id: number) {
  return queryOptions({
    queryKey: [...keys.customer(id), 'consents'],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/customers/{id}/consents/', { params: { path: { id } }, signal })).data as Consents,
  });
}

interface Creation {
  body: Record<string, unknown>;
  /** What to do if the customer is likely to be there already. */
  onDuplicate: 'keep' | 'refuse';
}

/** Creates a customer; the answer is the customer and the operation that can be undone. */
export function useCreateCustomer() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ body, onDuplicate }: Creation) => {
      const params = { query: { on_duplicate: onDuplicate } };
      const { data, response } = await http.POST('/api/v1/crm/customers/', { params, body });
      return { customer: data as Customer, operation: operationOf(response) };
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keys.customers }),
  });
}

interface Change {
  changes: Record<string, unknown>;
  /** Overwrites what others wrote meanwhile. */
  regardless?: boolean;
}

/** Changes some fields: at once on the screen, taken back if the server refuses. */
export function useChangeCustomer(id: number) {
  const client = useQueryClient();
  const key = customerQuery(id).queryKey;
  const put = (customer: Partial<Customer>) =>
    client.setQueryData<Customer360>(key, (data) => data && { ...data, profile: { ...data.profile, ...customer } });

  return useMutation({
    mutationFn: async ({ changes, regardless }: Change) => {
      const version = client.getQueryData<Customer360>(key)?.profile.version;
      const headers = regardless || version === undefined ? {} : { 'If-Match': `"${version}"` };
      const path = { id };
      const { data, response } = await http.PATCH('/api/v1/crm/customers/{id}/', {
        params: { path },
        body: changes,
        headers,
      });
      return { customer: data as Customer, operation: operationOf(response) };
    },
    onMutate: ({ changes }) =>
      optimistic<Customer360>(client, key, (data) => ({ ...data, profile: merged(data.profile, changes) })),
    onError: (_error, _change, rollBack) => rollBack?.(),
    onSuccess: ({ customer }) => {
      put(customer);
      client.invalidateQueries({ queryKey: keys.customer(id) });
      client.invalidateQueries({ queryKey: keys.customers });
    },
  });
}

function merged(customer: Customer, changes: Record<string, unknown>): Customer {
  const custom = { ...customer.custom, ...(changes.custom as object | undefined) };
  return { ...customer, ...changes, custom };
}

type Section = 'contact-points' | 'addresses' | 'relations' | 'consents';

/** Adds to one of the customer's sections. */
export function useAdd(id: number, section: Section) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: Record<string, unknown>) => {
      const params = { path: { id } };
      // Which input belongs to which section is the form's business; the server checks it field by field.
      const { response } = await http.POST(`/api/v1/crm/customers/{id}/${section}/`, { params, body: body as never });
      return operationOf(response);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keys.customer(id) }),
  });
}

/** Changes an entry of one of the customer's sections. */
export function useAmend(id: number, section: Exclude<Section, 'consents'>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ entry, body }: { entry: number; body: Record<string, unknown> }) => {
      const path = { id, point_id: entry, address_id: entry, relation_id: entry };
      const { response } =
        section === 'contact-points'
          ? await http.PATCH('/api/v1/crm/customers/{id}/contact-points/{point_id}/', { params: { path }, body })
          : section === 'addresses'
            ? await http.PATCH('/api/v1/crm/customers/{id}/addresses/{address_id}/', { params: { path }, body })
            : await http.PATCH('/api/v1/crm/customers/{id}/relations/{relation_id}/', { params: { path }, body });
      return operationOf(response);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keys.customer(id) }),
  });
}

/** Removes from one of the customer's sections. */
export function useRemove(id: number, section: Exclude<Section, 'consents'>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (entry: number) => {
      const path = { id, point_id: entry, address_id: entry, relation_id: entry };
      const { response } =
        section === 'contact-points'
          ? await http.DELETE('/api/v1/crm/customers/{id}/contact-points/{point_id}/', { params: { path } })
          : section === 'addresses'
            ? await http.DELETE('/api/v1/crm/customers/{id}/addresses/{address_id}/', { params: { path } })
            : await http.DELETE('/api/v1/crm/customers/{id}/relations/{relation_id}/', { params: { path } });
      return operationOf(response);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keys.customer(id) }),
  });
}
