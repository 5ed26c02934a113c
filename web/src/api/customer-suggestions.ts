import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { http } from './client';
import { keys } from './query';
import type { CustomerList } from './types';

/** A few customers by what their names begin with. */
export function customerSuggestionsQuery(search: string) {
  return queryOptions({
    queryKey: [...keys.customers, 'suggestions', search],
    enabled: search.trim().length > 0,
    placeholderData: search.trim().length > 0 ? keepPreviousData : undefined,
    queryFn: async ({ signal }) => {
      const query = { search, page_size: 8 };
      return ((await http.GET('/api/v1/crm/customers/', { params: { query }, signal })).data as CustomerList).results;
    },
  });
}
