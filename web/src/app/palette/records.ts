import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { http } from '@/api/client';
import type { KeptRecord } from '@/api/kept';

/** The few records of every kind that fit what is typed. A question that is typed over is aborted; the answer before stays until the next is there. */
export function recordsQuery(search: string) {
  return queryOptions({
    queryKey: ['palette', search],
    enabled: search !== '',
    placeholderData: search === '' ? undefined : keepPreviousData,
    queryFn: async ({ signal }) =>
      ((await http.GET('/api/v1/crm/search/', { params: { query: { search } }, signal })).data?.results ??
        []) as KeptRecord[],
  });
}
