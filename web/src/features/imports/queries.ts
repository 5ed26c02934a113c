import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/client';
import { keys } from '@/api/query';
import type { ImportJob, ImportTarget } from '@/api/types';

const POLL_MS = 700;

/** Is the server at work on it, so that it changes by itself? */
export function isBusy(job: ImportJob): boolean {
  return job.state === 'running' || job.state === 'checking';
}

/** An import; asked for again and again while it runs. */
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

/** Starts, pauses, resumes. */
export function useRun(id: number) {
  return useStep(id, (action: 'start' | 'pause' | 'resume') =>
    http.POST(`/api/v1/crm/imports/{id}/${action}/`, { params: { path: { id } } }),
  );
}

function useStep<Variables>(id: number, step: (variables: Variables) => Promise<{ data?: unknown }>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (variables: Variables) => (await step(variables)).data as ImportJob,
    onSuccess: (job) => client.setQueryData(keys.import(id), job),
  });
}
