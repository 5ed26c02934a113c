import { queryOptions } from '@tanstack/react-query';
import { http } from './client';
import type { Pipeline } from './types';

/** The pipelines with their stages, the default one first. */
export const pipelinesQuery = queryOptions({
  queryKey: ['pipelines'],
  staleTime: 5 * 60_000,
  queryFn: async () => (await http.GET('/api/v1/crm/pipelines/')).data?.results as Pipeline[],
});
