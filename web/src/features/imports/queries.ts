import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/client';
import { cursorOf, keys } from '@/api/query';
import type {
  ImportCorrection,
  ImportErrorList,
  ImportJob,
  ImportListed,
  ImportTarget,
  SavedMapping,
} from '@/api/types';

/** Progress comes by the stream of events; this is for when that is broken. */
const POLL_MS = 2_000;

/** Is the server at work on it, so that it changes by itself? */
export function isBusy(job: ImportJob): boolean {
  return job.state === 'running' || job.state === 'checking';
}

/** An import. */
export function importQuery(id: number) {
  return queryOptions({
    queryKey: keys.import(id),
    queryFn: async () => (await http.GET('/api/v1/crm/imports/{id}/', { params: { path: { id } } })).data as ImportJob,
    refetchInterval: ({ state }) => (state.data && isBusy(state.data) ? POLL_MS : false),
  });
}

/** What a column can be meant for. */
export const importTargetsQuery = queryOptions({
  queryKey: ['import-targets'],
  staleTime: 5 * 60_000,
  queryFn: async () => (await http.GET('/api/v1/crm/imports/targets/')).data as ImportTarget[],
});

/** Uploads a file; the answer is the import with a guessed mapping. */
export function useUpload() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (file: File) => {
      const form = new FormData();
      form.append('file', file);
      const { data } = await http.POST('/api/v1/crm/imports/', {
        body: form as never,
        bodySerializer: (body) => body as unknown as FormData,
      });
      return data as ImportJob;
    },
    onSuccess: (job) => client.setQueryData(keys.import(job.id), job),
  });
}

/** Changes which column is what, or the options. */
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
    onSuccess: (job) => {
      client.setQueryData(keys.import(id), job);
      return client.invalidateQueries({ queryKey: keys.import(id), predicate: ({ queryKey }) => queryKey.length > 2 });
    },
  });
}

/** The imports of before, newest first. */
export const importsQuery = queryOptions({
  queryKey: ['imports'],
  staleTime: 0,
  queryFn: async ({ signal }) =>
    (await http.GET('/api/v1/crm/imports/', { params: { query: { page_size: 20 } }, signal })).data
      ?.results as ImportListed[],
});

/** The rows that a dry run or the run refused, by pages, in the order of the file. */
export function wrongRowsQuery(id: number) {
  return infiniteQueryOptions({
    queryKey: [...keys.import(id), 'wrong'],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = { format: 'json', page_size: 50, cursor: pageParam };
      const params = { path: { id }, query };
      return (await http.GET('/api/v1/crm/imports/{id}/errors/', { params, signal })).data as ImportErrorList;
    },
    getNextPageParam: (last) => cursorOf(last.next),
  });
}

/** Puts a cell right, or leaves a row out; what was counted before holds until the file is tried again. */
export function useCorrect(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (correction: ImportCorrection) => {
      const body = { corrections: [correction] };
      return (await http.PUT('/api/v1/crm/imports/{id}/corrections/', { params: { path: { id } }, body })).data;
    },
    onSuccess: () => client.invalidateQueries({ queryKey: [...keys.import(id), 'wrong'] }),
  });
}

/** The rows that would be new customers who are probably there already. */
export function likelyDuplicatesQuery(id: number) {
  return queryOptions({
    queryKey: [...keys.import(id), 'likely'],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/imports/{id}/likely-duplicates/', { params: { path: { id } }, signal })).data
        ?.results,
  });
}

/** Mappings kept for files of the same kind. */
export const savedMappingsQuery = queryOptions({
  queryKey: ['import-mappings'],
  queryFn: async () => (await http.GET('/api/v1/crm/import-mappings/')).data?.results as SavedMapping[],
});

/** Keeps the mapping of an import under a name. */
export function useKeepMapping(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (name: string) =>
      (await http.POST('/api/v1/crm/import-mappings/', { body: { name, import_id: id } })).data,
    onSuccess: () => client.invalidateQueries({ queryKey: savedMappingsQuery.queryKey }),
  });
}

/** Deletes a kept mapping. */
export function useForgetMapping() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => http.DELETE('/api/v1/crm/import-mappings/{id}/', { params: { path: { id } } }),
    onSettled: () => client.invalidateQueries({ queryKey: savedMappingsQuery.queryKey }),
  });
}
