import { queryOptions } from '@tanstack/react-query';
import { http } from '@/api/client';

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
