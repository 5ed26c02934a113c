import {
  infiniteQueryOptions,
  type QueryClient,
  type QueryKey,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { http, operationOf } from './client';
import { cursorOf, keys, optimistic } from './query';
import type { SalesRecord } from './record-fields';
import { entityOf, type RecordKind, type RecordRow, recordKey } from './records';
import type { Here, RecordNote, RecordTimeline } from './types';

/** How often we say that we are still here. The server forgets who has not said so for a while. */
const STILL_HERE_MS = 20_000;

/** The history of a record by pages, the newest first; `kind` narrows it. */
export function recordTimelineQuery(record: SalesRecord, id: number, kind: string) {
  return infiniteQueryOptions({
    queryKey: [...recordKey(record, id), 'timeline', kind],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = { kind: kind || undefined, cursor: pageParam };
      const params = { path: { id }, query };
      return (await http.GET(`/api/v1/crm/${record}/{id}/timeline/`, { params, signal })).data as RecordTimeline;
    },
    getNextPageParam: (last) => cursorOf(last.next),
  });
}

/** The notes about a record that are to be seen first. */
export function pinnedNotesQuery(record: SalesRecord, id: number) {
  return queryOptions({
    queryKey: [...recordKey(record, id), 'notes'],
    queryFn: async ({ signal }) => {
      const params = { path: { id }, query: { page_size: 50 } };
      const notes = (await http.GET(`/api/v1/crm/${record}/{id}/notes/`, { params, signal })).data
        ?.results as RecordNote[];
      return notes.filter(({ is_pinned }) => is_pinned);
    },
  });
}

/** Writes, changes and deletes the notes of a record; each answers the operation that can be undone. */
export function noteActionsOf(client: QueryClient, record: SalesRecord, id: number) {
  const done = async ({ response }: { response: Response }) => {
    void client.invalidateQueries({ queryKey: recordKey(record, id) });
    return operationOf(response);
  };
  const path = (note: number) => ({ params: { path: { id, note_id: note } } });
  return {
    add: (body: { body: string; is_pinned: boolean }) =>
      http.POST(`/api/v1/crm/${record}/{id}/notes/`, { params: { path: { id } }, body }).then(done),
    change: (note: number, body: { body?: string; is_pinned?: boolean }) =>
      http.PATCH(`/api/v1/crm/${record}/{id}/notes/{note_id}/`, { ...path(note), body }).then(done),
    remove: (note: number) => http.DELETE(`/api/v1/crm/${record}/{id}/notes/{note_id}/`, path(note)).then(done),
  };
}

/** Who else has a record open; asking also says that we have. */
export function recordHereQuery(record: RecordKind, id: number, state: 'viewing' | 'editing') {
  return queryOptions({
    queryKey: ['here', record, id, state],
    queryFn: async ({ signal }) => {
      const params = { path: { id } };
      const { data } = await http.POST(`/api/v1/crm/${record}/{id}/here/`, { params, body: { state }, signal });
      return (data as Here).others;
    },
    refetchInterval: STILL_HERE_MS,
    staleTime: 0,
    gcTime: 0,
  });
}

/** The records of a kind that the user keeps at hand, by their ids. */
export function favouriteIdsQuery(record: SalesRecord) {
  return queryOptions({
    queryKey: [...keys.favourites, record],
    queryFn: async ({ signal }) => {
      const params = { query: { entity: entityOf[record] } };
      const { data } = await http.GET('/api/v1/crm/me/favourites/', { params, signal });
      return (data?.results ?? []).map(({ id }) => id);
    },
  });
}

/** Keeps a record at hand, or no longer: at once on the screen. */
export function useSetFavourite(record: SalesRecord, id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (favourite: boolean) => {
      const params = { path: { id } };
      if (favourite) await http.PUT(`/api/v1/crm/${record}/{id}/favourite/`, { params });
      else await http.DELETE(`/api/v1/crm/${record}/{id}/favourite/`, { params });
    },
    onMutate: (favourite) =>
      optimistic<number[]>(client, favouriteIdsQuery(record).queryKey, (ids) => {
        const others = ids.filter((other) => other !== id);
        return favourite ? [...others, id] : others;
      }),
    onError: (_error, _favourite, rollBack) => rollBack?.(),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.favourites }),
  });
}

/** Everything about a record, and the lists it stands in, is read anew. */
export function refreshRecord(client: QueryClient, record: RecordKind, id: number) {
  for (const queryKey of [[record], recordKey(record, id)]) void client.invalidateQueries({ queryKey });
}

interface Change {
  changes: Record<string, unknown>;
  /** Overwrites what others wrote meanwhile. */
  regardless?: boolean;
}

/** Changes some fields of the record that is cached under `queryKey`: at once on the screen, taken back if the server refuses. */
export function useChangeRecord<Row extends RecordRow>(record: SalesRecord, id: number, queryKey: QueryKey) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ changes, regardless }: Change) => {
      const version = client.getQueryData<Row>(queryKey)?.version;
      const headers = regardless || version === undefined ? {} : { 'If-Match': `"${version}"` };
      const params = { path: { id } };
      const { data, response } = await http.PATCH(`/api/v1/crm/${record}/{id}/`, { params, body: changes, headers });
      return { row: data as unknown as Row, operation: operationOf(response) };
    },
    onMutate: ({ changes }) =>
      optimistic<Row>(client, queryKey, (row) => ({
        ...row,
        ...changes,
        custom: { ...row.custom, ...(changes.custom as object | undefined) },
      })),
    onError: (_error, _change, rollBack) => rollBack?.(),
    onSuccess: ({ row }) => {
      client.setQueryData(queryKey, row);
      refreshRecord(client, record, id);
    },
  });
}

/** Deletes a record, for thirty days reversibly. */
export function useDeleteRecord(record: RecordKind) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (id: number) => {
      const { response } = await http.DELETE(`/api/v1/crm/${record}/{id}/`, { params: { path: { id } } });
      return operationOf(response);
    },
    // What is gone is not asked for again, or the page would fail before it is left.
    onSuccess: () => client.invalidateQueries({ queryKey: [record] }),
  });
}
