import {
  type InfiniteData,
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { useEffect } from 'react';
import { http, operationOf } from '@/api/client';
import { isStatus } from '@/api/error';
import { onCustomersChanged } from '@/api/live';
import { cursorOf, keys } from '@/api/query';
import type { Bulk, BulkOutcome, Customer, Customer360, CustomerList } from '@/api/types';
import type { Criteria } from '@/ui/filters/criteria';
import { everything, filtersOf } from '@/ui/filters/criteria';
import { paramsFrom } from '@/ui/filters/filter';
import { customerQuery } from './queries';

/** What a list is asked for. */
export interface Asked {
  criteria: Criteria;
  search: string;
  ordering: string;
  /** `exact` counts beyond the limit. */
  count?: string;
}

/** The whole list in its own order. */
export const askedForAll: Asked = { criteria: everything, search: '', ordering: '' };

const PAGE_SIZE = 200;
const listKey = [...keys.customers, 'list'] as const;

/** What is asked for, as query parameters; nothing when the criteria is more than they can say. */
export function paramsOf({ criteria, search, ordering, count }: Asked): Record<string, string> | undefined {
  const filters = filtersOf(criteria);
  if (!filters) return undefined;
  const params = { ...paramsFrom(filters), search, ordering, count: count ?? '' };
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== ''));
}

/** The list, by pages of a keyset. */
export function listQuery(asked: Asked) {
  return infiniteQueryOptions({
    queryKey: [...listKey, asked],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const more = { page_size: PAGE_SIZE, cursor: pageParam };
      const params = paramsOf(asked);
      if (params) {
        const query = { ...params, ...more };
        return (await http.GET('/api/v1/crm/customers/', { params: { query }, signal })).data as CustomerList;
      }
      const { criteria, search, ordering, count } = asked;
      const body = {
        criteria: criteria as Record<string, unknown>,
        search: search || null,
        ordering: ordering || null,
        count: count ?? null,
        ...more,
      };
      return (await http.POST('/api/v1/crm/customers/search/', { body, signal })).data as CustomerList;
    },
    getNextPageParam: (last) => cursorOf(last.next),
    placeholderData: (before: InfiniteData<CustomerList, string | undefined> | undefined) => before,
    meta: { keepsRows: true },
  });
}

/** What others change is read again row by row up to here; beyond, it was a bulk change and the list is. */
const MOST_ROWS = 20;

/** Brings the rows of long lists up to date as others change them, one by one. */
export function useFreshRows() {
  const client = useQueryClient();
  useEffect(() => onCustomersChanged((ids) => refreshRows(client, ids)), [client]);
}

async function refreshRows(client: QueryClient, ids: number[]) {
  const loaded = new Set(
    client
      .getQueriesData<InfiniteData<CustomerList>>({ queryKey: listKey, type: 'active' })
      .flatMap(([, list]) => (list && list.pages.length > 1 ? list.pages : []))
      .flatMap((page) => page.results.map(({ id }) => id)),
  );
  const shown = ids.filter((id) => loaded.has(id));
  if (shown.length > MOST_ROWS) {
    await client.invalidateQueries({ queryKey: listKey });
    return;
  }
  await Promise.all(shown.map((id) => refreshRow(client, id)));
}

async function refreshRow(client: QueryClient, id: number) {
  let customer: Customer | undefined;
  try {
    customer = (await http.GET('/api/v1/crm/customers/{id}/', { params: { path: { id } } })).data as Customer;
  } catch (error) {
    // What could not be read stays as it is: the list is stale anyway.
    if (!isStatus(error, 404)) return;
  }
  // Deleted, hidden from here on, or merged into another, which is what was answered.
  const isGone = customer?.id !== id;
  changeLists(client, ({ pages, pageParams }) => ({
    pageParams,
    pages: pages.map((page) => {
      if (!page.results.some((one) => one.id === id)) return page;
      const results = isGone
        ? page.results.filter((one) => one.id !== id)
        : page.results.map((one) => (one.id === id ? (customer as Customer) : one));
      return { ...page, results };
    }),
  }));
}

/** Changes the loaded lists; they stay as stale as they were. */
function changeLists(client: QueryClient, change: (list: InfiniteData<CustomerList>) => InfiniteData<CustomerList>) {
  for (const [queryKey, list] of client.getQueriesData<InfiniteData<CustomerList>>({ queryKey: listKey })) {
    if (!list || list.pages.length < 2) continue;
    client.setQueryData(queryKey, change(list));
    client.invalidateQueries({ queryKey, exact: true, refetchType: 'none' });
  }
}

/** A criteria in words, in both languages, and how many it finds. What is wrong with it is said by its place. */
export function sentenceQuery(criteria: Criteria, enabled = true) {
  return queryOptions({
    queryKey: [...keys.customers, 'sentence', criteria],
    enabled,
    retry: false,
    queryFn: async ({ signal }) => {
      const body = { criteria: criteria as Record<string, unknown> };
      const { data } = await http.POST('/api/v1/crm/customers/criteria/', { body, signal });
      if (!data) throw new Error('no sentence');
      return data;
    },
  });
}

/** Puts a customer, or a part of it, wherever lists and pages show it. Answers how to take that back. */
function put(client: QueryClient, id: number, change: (customer: Customer) => Customer): () => void {
  const lists = client.getQueriesData<InfiniteData<CustomerList>>({ queryKey: listKey });
  for (const [key, list] of lists) {
    if (!list?.pages.some((page) => page.results.some((customer) => customer.id === id))) continue;
    const pages = list.pages.map((page) =>
      page.results.some((customer) => customer.id === id)
        ? { ...page, results: page.results.map((customer) => (customer.id === id ? change(customer) : customer)) }
        : page,
    );
    client.setQueryData(key, { ...list, pages });
  }
  const pageKey = customerQuery(id).queryKey;
  const page = client.getQueryData<Customer360>(pageKey);
  if (page) client.setQueryData<Customer360>(pageKey, { ...page, profile: change(page.profile) });

  return () => {
    for (const [key, list] of lists) client.setQueryData(key, list);
    if (page) client.setQueryData(pageKey, page);
  };
}

interface Change {
  customer: Customer;
  changes: Record<string, unknown>;
  /** Overwrites what others wrote meanwhile. */
  regardless?: boolean;
}

/** Changes a customer where lists show it: at once on the screen, taken back if the server refuses. The lists stay in place. */
export function useChangeInList() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ customer, changes, regardless }: Change) => {
      const headers: Record<string, string> = regardless ? {} : { 'If-Match': `"${customer.version}"` };
      const { data, response } = await http.PATCH('/api/v1/crm/customers/{id}/', {
        params: { path: { id: customer.id } },
        body: changes,
        headers,
      });
      return { customer: data as Customer, operation: operationOf(response) };
    },
    onMutate: async ({ customer: { id }, changes }) => {
      await client.cancelQueries({ queryKey: listKey });
      return put(client, id, (customer) => ({
        ...customer,
        ...changes,
        custom: { ...customer.custom, ...(changes.custom as object | undefined) },
      }));
    },
    onError: (_error, _change, rollBack) => rollBack?.(),
    onSuccess: ({ customer }) => {
      put(client, customer.id, () => customer);
      client.invalidateQueries({ queryKey: keys.customer(customer.id) });
      client.invalidateQueries({ queryKey: [...keys.customers, 'totals'] });
      // A row must not jump away under the hand that edits it: what is shown now is refreshed when it is asked for next.
      client.invalidateQueries({ queryKey: keys.customers, refetchType: 'none' });
    },
  });
}

/** One action on many customers. */
export function useBulk() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: Bulk) => {
      const { data } = await http.POST('/api/v1/crm/customers/bulk/', { body });
      return data as BulkOutcome;
    },
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.customers }),
        client.invalidateQueries({ queryKey: ['customer'] }),
      ]),
  });
}

/** The names of the tags that exist. */
export const tagNamesQuery = queryOptions({
  queryKey: ['tags', 'names'],
  staleTime: 60_000,
  queryFn: async ({ signal }) => {
    const params = { query: { page_size: 200 } };
    const { data } = await http.GET('/api/v1/crm/tags/', { params, signal });
    return ((data?.results ?? []) as { name: string }[]).map(({ name }) => name);
  },
});
