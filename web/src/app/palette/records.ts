import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { http } from '@/api/client';
import { keys } from '@/api/query';
import type { CustomerList } from '@/api/types';

const SHOWN = 7;

/** The few records that fit what is typed best. A question that is typed over is aborted; the answer before stays until the next is there. */
export function recordsQuery(search: string) {
  return queryOptions({
    queryKey: [...keys.customers, 'palette', search],
    enabled: search !== '',
    placeholderData: search === '' ? undefined : keepPreviousData,
    queryFn: async ({ signal }) => {
      const query = { search, page_size: SHOWN };
      return ((await http.GET('/api/v1/crm/customers/', { params: { query }, signal })).data as CustomerList).results;
    },
  });
}
