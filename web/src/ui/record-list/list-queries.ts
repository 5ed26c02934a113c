import {
  type InfiniteData,
  infiniteQueryOptions,
  type QueryClient,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { useEffect } from 'react';
import { http, operationOf } from '@/api/client';
import { isStatus } from '@/api/error';
import { onRecordsChanged } from '@/api/live';
import { cursorOf } from '@/api/query';
import { entityOf, type RecordKind, type RecordPage, type RecordRow } from '@/api/records';
import type { Bulk, BulkOutcome } from '@/api/types';
import { type Criteria, everything, filtersOf } from '../filters/criteria';
import { paramsFrom } from '../filters/filter';

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
const listKey = (kind: RecordKind) => [kind, 'list'] as const;

type Loaded = InfiniteData<RecordPage, string | undefined>;

/** What is asked for, as query parameters; nothing when the criteria is more than they can say. */
export function paramsOf({ criteria, search, ordering, count }: Asked): Record<string, string> | undefined {
  const filters = filtersOf(criteria);
  if (!filters) return undefined;
  const params = { ...paramsFrom(filters), search, ordering, count: count ?? '' };
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== ''));
}

/** A list, by pages of a keyset. */
export function listQuery<Row extends RecordRow>(kind: RecordKind, asked: Asked) {
  return infiniteQueryOptions({
    queryKey: [...listKey(kind), asked],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const more = { page_size: PAGE_SIZE, cursor: pageParam };
      const params = paramsOf(asked);
      if (params) {
        const query = { ...params, ...more };
        return (await http.GET(`/api/v1/crm/${kind}/`, { params: { query }, signal }))
          .data as unknown as RecordPage<Row>;
      }
      const { criteria, search, ordering, count } = asked;
      const body = {
        criteria: criteria as Record<string, unknown>,
        search: search || null,
        ordering: ordering || null,
        count: count ?? null,
        ...more,
      };
      return (await http.POST(`/api/v1/crm/${kind}/search/`, { body, signal })).data as unknown as RecordPage<Row>;
    },
    getNextPageParam: (last) => cursorOf(last.next),
    placeholderData: (before: InfiniteData<RecordPage<Row>, string | undefined> | undefined) => before,
    meta: { keepsRows: true },
  });
}

/** What others change is read again row by row up to here; beyond, it was a bulk change and the list is. */
const MOST_ROWS = 20;

/** Brings the rows of long lists up to date as others change them, one by one. */
export function useFreshRows(kind: RecordKind) {
  const client = useQueryClient();
  useEffect(() => onRecordsChanged(kind, (ids) => refreshRows(client, kind, ids)), [client, kind]);
}

async function refreshRows(client: QueryClient, kind: RecordKind, ids: number[]) {
  const loaded = new Set(
    client
      .getQueriesData<Loaded>({ queryKey: listKey(kind), type: 'active' })
      .flatMap(([, list]) => (list && list.pages.length > 1 ? list.pages : []))
      .flatMap((page) => page.results.map(({ id }) => id)),
  );
  const shown = ids.filter((id) => loaded.has(id));
  if (shown.length > MOST_ROWS) {
    await client.invalidateQueries({ queryKey: listKey(kind) });
    return;
  }
  await Promise.all(shown.map((id) => refreshRow(client, kind, id)));
}

async function refreshRow(client: QueryClient, kind: RecordKind, id: number) {
  let row: RecordRow | undefined;
  try {
    const { data } = await http.GET(`/api/v1/crm/${kind}/{id}/`, { params: { path: { id } } });
    row = data as unknown as RecordRow;
  } catch (error) {
    // What could not be read stays as it is: the list is stale anyway.
    if (!isStatus(error, 404)) return;
  }
  // Deleted, hidden from here on, or merged into another, which is what was answered.
  const isGone = row?.id !== id;
  changeLists(client, kind, ({ pages, pageParams }) => ({
    pageParams,
    pages: pages.map((page) => {
      if (!page.results.some((one) => one.id === id)) return page;
      const results = isGone
        ? page.results.filter((one) => one.id !== id)
        : page.results.map((one) => (one.id === id ? (row as RecordRow) : one));
      return { ...page, results };
    }),
  }));
}

/** Changes the loaded lists; they stay as stale as they were. */
function changeLists(client: QueryClient, kind: RecordKind, change: (list: Loaded) => Loaded) {
  for (const [queryKey, list] of client.getQueriesData<Loaded>({ queryKey: listKey(kind) })) {
    if (!list || list.pages.length < 2) continue;
    client.setQueryData(queryKey, change(list));
    client.invalidateQueries({ queryKey, exact: true, refetchType: 'none' });
  }
}

/** Puts a record, or a part of it, into the lists that show it. Answers how to take that back. */
function put<Row extends RecordRow>(
  client: QueryClient,
  kind: RecordKind,
  id: number,
  change: (row: Row) => Row,
): () => void {
  const lists = client.getQueriesData<InfiniteData<RecordPage<Row>>>({ queryKey: listKey(kind) });
  for (const [key, list] of lists) {
    if (!list?.pages.some((page) => page.results.some((row) => row.id === id))) continue;
    const pages = list.pages.map((page) =>
      page.results.some((row) => row.id === id)
        ? { ...page, results: page.results.map((row) => (row.id === id ? change(row) : row)) }
        : page,
    );
    client.setQueryData(key, { ...list, pages });
  }
  return () => {
    for (const [key, list] of lists) client.setQueryData(key, list);
  };
}

interface Change<Row> {
  row: Row;
  changes: Record<string, unknown>;
  /** Overwrites what others wrote meanwhile. */
  regardless?: boolean;
}

/** Where else than in lists a record is shown: takes the change there, and answers how to take it back. */
export type PutElsewhere<Row> = (client: QueryClient, id: number, change: (row: Row) => Row) => () => void;

/** Changes a record where lists show it: at once on the screen, taken back if the server refuses. The lists stay in place. */
export function useChangeInList<Row extends RecordRow>(kind: RecordKind, putElsewhere?: PutElsewhere<Row>) {
  const client = useQueryClient();
  const putAll = (id: number, change: (row: Row) => Row) => {
    const undos = [put(client, kind, id, change), putElsewhere?.(client, id, change)];
    return () => {
      for (const undo of undos) undo?.();
    };
  };
  return useMutation({
    mutationFn: async ({ row, changes, regardless }: Change<Row>) => {
      const headers: Record<string, string> = regardless ? {} : { 'If-Match': `"${row.version}"` };
      const { data, response } = await http.PATCH(`/api/v1/crm/${kind}/{id}/`, {
        params: { path: { id: row.id } },
        body: changes as never,
        headers,
      });
      return { row: data as unknown as Row, operation: operationOf(response) };
    },
    onMutate: async ({ row: { id }, changes }) => {
      await client.cancelQueries({ queryKey: listKey(kind) });
      return putAll(id, (row) => ({
        ...row,
        ...changes,
        custom: { ...row.custom, ...(changes.custom as object | undefined) },
      }));
    },
    onError: (_error, _change, rollBack) => rollBack?.(),
    onSuccess: ({ row }) => {
      putAll(row.id, () => row);
      client.invalidateQueries({ queryKey: [entityOf[kind], row.id] });
      client.invalidateQueries({ queryKey: [kind, 'totals'] });
      // A row must not jump away under the hand that edits it: what is shown now is refreshed when it is asked for next.
      client.invalidateQueries({ queryKey: [kind], refetchType: 'none' });
    },
  });
}

/** Changes, tags or deletes many records. */
export async function changeMany(kind: RecordKind, body: Bulk): Promise<BulkOutcome> {
  const { data } = await http.POST(`/api/v1/crm/${kind}/bulk/`, { body: body as never });
  return data as BulkOutcome;
}

/** Anything that is done with many records at once. */
export function useBulk(kind: RecordKind) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (send: () => Promise<BulkOutcome>) => send(),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: [kind] }),
        client.invalidateQueries({ queryKey: [entityOf[kind]] }),
      ]),
  });
}
