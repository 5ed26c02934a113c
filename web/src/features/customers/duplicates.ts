import {
  type InfiniteData,
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { http, operationOf } from '@/api/client';
import { cursorOf, keys } from '@/api/query';
import type { DuplicateCheck, DuplicatePair } from '@/api/types';

type Page = { results: DuplicatePair[]; count: number; count_is_capped: boolean; next?: string | null };

const key = ['duplicates'];

/** The pairs nobody has decided yet, the likeliest first: all, or those of one customer. */
export function duplicatesQuery(customer?: number) {
  return infiniteQueryOptions({
    queryKey: [...key, customer ?? 'all'],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = { cursor: pageParam, page_size: 50 };
      const { data } =
        customer === undefined
          ? await http.GET('/api/v1/crm/customers/duplicates/', { params: { query }, signal })
          : await http.GET('/api/v1/crm/customers/{id}/duplicates/', { params: { path: { id: customer } }, signal });
      return data as Page;
    },
    getNextPageParam: (last) => cursorOf(last.next),
  });
}

/** Says that two are not the same: gone from the queue at once, back if the server refuses. The answer is the operation. */
export function useDismiss() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (id: number) => {
      const { response } = await http.POST('/api/v1/crm/customers/duplicates/{id}/dismiss/', {
        params: { path: { id } },
      });
      return operationOf(response);
    },
    onMutate: async (id) => {
      await client.cancelQueries({ queryKey: key });
      const before = client.getQueriesData<InfiniteData<Page>>({ queryKey: key });
      for (const [at, data] of before) {
        if (!data) continue;
        const pages = data.pages.map((page) => ({
          ...page,
          results: page.results.filter((pair) => pair.id !== id),
          count: page.count - 1,
        }));
        client.setQueryData(at, { ...data, pages });
      }
      return () => before.forEach(([at, data]) => void client.setQueryData(at, data));
    },
    onError: (_error, _id, rollBack) => rollBack?.(),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
}

/** Who a draft may be. Asked while somebody writes it. */
export function checkQuery(draft: Record<string, string>, enabled: boolean) {
  return queryOptions({
    queryKey: [...keys.customers, 'check', draft],
    enabled,
    retry: false,
    staleTime: 10_000,
    queryFn: async ({ signal }) =>
      (await http.POST('/api/v1/crm/customers/duplicates/check/', { body: draft, signal })).data as DuplicateCheck,
  });
}
