import { queryOptions } from '@tanstack/react-query';
import { http } from './client';
import type { components } from './schema';

/** The reasons that forms offer, by what they are for. */
export type Reasons = components['schemas']['Reasons'];

/** The reasons that forms offer. */
export const reasonsQuery = queryOptions({
  queryKey: ['reasons'],
  staleTime: 5 * 60_000,
  queryFn: async ({ signal }) => (await http.GET('/api/v1/crm/reasons/', { signal })).data as Reasons,
});
