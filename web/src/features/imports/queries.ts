import { infiniteQueryOptions, type QueryKey, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/client';
import { cursorOf, keys, optimistic } from '@/api/query';
import { entityOf, type RecordKind } from '@/api/records';
import type {
  ImportCorrection,
  ImportErrorList,
  ImportJob,
  ImportLikelyDuplicate,
  ImportList,
  ImportOperation,
  ImportTarget,
  SavedImportMapping,
} from '@/api/types';

/** The stream tells of a running import every second; this is for the day it does not. */
const RUN_POLL_MS = 5_000;
/** Nothing is told of a check before it ends. */
const CHECK_POLL_MS = 1_000;
const ERRORS_A_PAGE = 25;

const importsKey = ['imports'] as const;
const mappingsKey = ['import-mappings'] as const;

/** An import. While it runs the server tells of it (`api/live`). */
export function importQuery(id: number) {
  return queryOptions({
    queryKey: [...keys.import(id), 'job'],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/imports/{id}/', { params: { path: { id } }, signal })).data as ImportJob,
    refetchInterval: ({ state }) => {
      if (state.data?.state === 'checking') return CHECK_POLL_MS;
      return state.data?.state === 'running' ? RUN_POLL_MS : false;
    },
  });
}

/** Earlier imports, newest first. */
export const importsQuery = infiniteQueryOptions({
  queryKey: importsKey,
  staleTime: 0,
  initialPageParam: undefined as string | undefined,
  queryFn: async ({ pageParam, signal }) => {
    const query = { page_size: 20, cursor: pageParam };
    return (await http.GET('/api/v1/crm/imports/', { params: { query }, signal })).data as ImportList;
  },
  getNextPageParam: (last) => cursorOf(last.next),
  refetchInterval: ({ state }) =>
    state.data?.pages.some(({ results }) => results.some((job) => job.state === 'running' || job.state === 'checking'))
      ? RUN_POLL_MS
      : false,
});

/** What a column can be meant for, in a file of customers, leads or opportunities. */
export function importTargetsQuery(entity: string) {
  return queryOptions({
    queryKey: ['import-targets', entity],
    staleTime: 5 * 60_000,
    queryFn: async () =>
      (await http.GET('/api/v1/crm/imports/targets/', { params: { query: { entity } } })).data as ImportTarget[],
  });
}

/** The mappings that were kept, newest first. */
export function savedMappingsQuery(entity: string) {
  return queryOptions({
    queryKey: [...mappingsKey, entity],
    queryFn: async () => {
      const { data } = await http.GET('/api/v1/crm/import-mappings/', { params: { query: { entity } } });
      return (data as { results: SavedImportMapping[] }).results;
    },
  });
}

const errorsKey = (id: number): QueryKey => [...keys.import(id), 'errors'];

/** The rows that the last check, or the run, refused. */
export function errorsQuery(id: number) {
  return infiniteQueryOptions({
    queryKey: errorsKey(id),
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const params = { path: { id }, query: { format: 'json', page_size: ERRORS_A_PAGE, cursor: pageParam } };
      return (await http.GET('/api/v1/crm/imports/{id}/errors/', { params, signal })).data as ImportErrorList;
    },
    getNextPageParam: (last) => cursorOf(last.next),
  });
}

/** The rows that would be customers who are probably there already. */
export function likelyDuplicatesQuery(id: number) {
  return queryOptions({
    queryKey: [...keys.import(id), 'likely-duplicates'],
    queryFn: async ({ signal }) => {
      const params = { path: { id } };
      const { data } = await http.GET('/api/v1/crm/imports/{id}/likely-duplicates/', { params, signal });
      return (data as { results: ImportLikelyDuplicate[] }).results;
    },
  });
}

/** What was put right by hand. */
export function correctionsQuery(id: number) {
  return queryOptions({
    queryKey: [...keys.import(id), 'corrections'],
    queryFn: async ({ signal }) => {
      const { data } = await http.GET('/api/v1/crm/imports/{id}/corrections/', { params: { path: { id } }, signal });
      return (data as { results: ImportCorrection[] }).results;
    },
  });
}

/** The operation of an import: was it undone, can it be? */
export function importOperationQuery(id: number) {
  return queryOptions({
    queryKey: ['operation', id],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/operations/{id}/', { params: { path: { id } }, signal })).data,
  });
}

/** The newest operations, by which earlier imports are undone. */
export const importOperationsQuery = queryOptions({
  queryKey: ['operations', 'imports'],
  staleTime: 0,
  queryFn: async ({ signal }) => {
    const { data } = await http.GET('/api/v1/crm/operations/', { params: { query: { page_size: 200 } }, signal });
    return (data as { results: ImportOperation[] }).results;
  },
});

/** Uploads a file of records of a kind; the answer is the import with a guessed mapping. */
export function useUpload(kind: RecordKind) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (file: File) => {
      const form = new FormData();
      form.append('options', JSON.stringify({ entity: entityOf[kind] }));
      form.append('file', file);
      const { data } = await http.POST('/api/v1/crm/imports/', {
        body: form as never,
        bodySerializer: (body) => body as unknown as FormData,
      });
      return data as ImportJob;
    },
    onSuccess: (job) => client.setQueryData(importQuery(job.id).queryKey, job),
  });
}

/** Changes which column is what, or the options; what was checked is forgotten. */
export function useChange(id: number) {
  return useStep(id, (change: Partial<Pick<ImportJob, 'mapping' | 'options'>>) =>
    http.PATCH('/api/v1/crm/imports/{id}/', { params: { path: { id } }, body: change }),
  );
}

/** Says what an import would do, and does nothing. */
export function useDryRun(id: number) {
  return useStep(id, () => http.POST('/api/v1/crm/imports/{id}/dry-run/', { params: { path: { id } } }));
}

/** Starts, pauses, resumes, gives up. */
export function useRun(id: number) {
  return useStep(id, (action: 'start' | 'pause' | 'resume' | 'cancel') =>
    http.POST(`/api/v1/crm/imports/{id}/${action}/`, { params: { path: { id } } }),
  );
}

function useStep<Variables>(id: number, step: (variables: Variables) => Promise<{ data?: unknown }>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (variables: Variables) => (await step(variables)).data as ImportJob,
    onMutate: () => client.cancelQueries({ queryKey: keys.import(id) }),
    onSuccess: (job) => client.setQueryData(importQuery(id).queryKey, job),
    // Rows refused, likely duplicates, corrections: all of them follow from the step. A refusal says that we see an old state.
    onSettled: (_job, refusal) => {
      const isJob = (key: QueryKey) => key[2] === 'job';
      const predicate = ({ queryKey }: { queryKey: QueryKey }) => refusal !== null || !isJob(queryKey);
      client.invalidateQueries({ queryKey: keys.import(id), predicate });
    },
  });
}

/** Puts cells right, or leaves rows out. It shows at once, and is taken back when refused. */
export function useCorrect(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (correction: ImportCorrection) =>
      http.PUT('/api/v1/crm/imports/{id}/corrections/', {
        params: { path: { id } },
        body: { corrections: [correction] },
      }),
    onMutate: async (correction) => ({
      back: await optimistic<{ pages: ImportErrorList[] }>(client, errorsKey(id), (data) => ({
        ...data,
        pages: data.pages.map((page) => ({
          ...page,
          results: page.results.map((row) => (row.row_number === correction.row_number ? laid(row, correction) : row)),
        })),
      })),
    }),
    onError: (_error, _correction, context) => context?.back(),
    onSuccess: () => {
      client.invalidateQueries({ queryKey: importQuery(id).queryKey });
      client.invalidateQueries({ queryKey: correctionsQuery(id).queryKey });
    },
  });
}

function laid(row: ImportErrorList['results'][number], { column, value, skip }: ImportCorrection) {
  if (skip != null) return { ...row, is_skipped: skip };
  if (!column) return row;
  const { [column]: _before, ...others } = row.corrections;
  return { ...row, corrections: value == null ? others : { ...others, [column]: value } };
}

/** Keeps the mapping and options of an import for the next file. */
export function useSaveMapping(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => http.POST('/api/v1/crm/import-mappings/', { body: { name, import_id: id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: mappingsKey }),
  });
}

/** Forgets a saved mapping. */
export function useDeleteMapping() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => http.DELETE('/api/v1/crm/import-mappings/{id}/', { params: { path: { id } } }),
    onSuccess: () => client.invalidateQueries({ queryKey: mappingsKey }),
  });
}
