import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/client';
import { keys } from '@/api/query';
import type { ImportJob, ImportPreview } from '@/api/types';

const POLL_MS = 700;

/** Is the server at work on it, so that it changes by itself? */
export function isBusy(job: ImportJob): boolean {
  return job.state === 'running' || job.state === 'queued' || job.state === 'checking';
}

/** An import; asked for again and again while it runs. */
export function importQuery(id: number) {
  return queryOptions({
    queryKey: keys.import(id),
    queryFn: async () => (await http.GET('/api/v1/crm/imports/{id}/', { params: { path: { id } } })).data as ImportJob,
    refetchInterval: ({ state }) => (state.data && isBusy(state.data) ? POLL_MS : false),
  });
}

/** The first rows of the file. */
export function previewQuery(id: number) {
  return queryOptions({
    queryKey: [...keys.import(id), 'preview'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () =>
      (await http.GET('/api/v1/crm/imports/{id}/preview/', { params: { path: { id } } })).data as ImportPreview,
  });
}

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

/** Changes which column goes to which field. */
export function useMapping(id: number) {
  return useStep(id, (mapping: ImportJob['mapping']) =>
    http.PATCH('/api/v1/crm/imports/{id}/', { params: { path: { id } }, body: { mapping } }),
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
