import { type InfiniteData, infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/client';
import { draftCheckQuery, type RecordDraft } from '@/api/draft-check';
import { cursorOf, keys } from '@/api/query';
import type { DuplicateCheck, DuplicateList } from '@/api/types';

const PAGE_SIZE = 50;

/** Looks for the doubles of a draft. */
export const customerCheckQuery = (draft: RecordDraft, enabled: boolean) =>
  draftCheckQuery(
    [...keys.customers, 'check'],
    draft,
    enabled,
    async (body, signal) =>
      (await http.POST('/api/v1/crm/customers/duplicates/check/', { body, signal })).data as DuplicateCheck,
  );

/** The pairs that may be the same, the likeliest first; of one customer, or of all. */
export function duplicatesQuery(customer: number | undefined) {
  return infiniteQueryOptions({
    queryKey: [...keys.customers, 'duplicates', customer ?? 'all'],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = { page_size: PAGE_SIZE, cursor: pageParam };
      const { data } =
        customer === undefined
          ? await http.GET('/api/v1/crm/customers/duplicates/', { params: { query }, signal })
          : await http.GET('/api/v1/crm/customers/{id}/duplicates/', {
              params: { path: { id: customer }, query },
              signal,
            });
      return data as DuplicateList;
    },
    getNextPageParam: (last) => cursorOf(last.next),
  });
}

/** Says that the two of a pair are not the same: gone at once, back again if the server refuses. Answers the operation. */
export function useDismiss(customer: number | undefined) {
  const client = useQueryClient();
  const { queryKey } = duplicatesQuery(customer);
  return useMutation({
    mutationFn: async (pair: number) => {
      const params = { path: { id: pair } };
      return (await http.POST('/api/v1/crm/customers/duplicates/{id}/dismiss/', { params })).data?.operation_id;
    },
    onMutate: async (pair) => {
      await client.cancelQueries({ queryKey });
      const before = client.getQueryData<InfiniteData<DuplicateList>>(queryKey);
      client.setQueryData<InfiniteData<DuplicateList, string | undefined>>(
        queryKey,
        (data) => data && { ...data, pages: data.pages.map((page) => without(page, pair)) },
      );
      return () => client.setQueryData(queryKey, before);
    },
    onError: (_error, _pair, takeBack) => takeBack?.(),
    onSettled: () => client.invalidateQueries({ queryKey: [...keys.customers, 'duplicates'] }),
  });
}

function without(page: DuplicateList, pair: number): DuplicateList {
  const results = page.results.filter(({ id }) => id !== pair);
  return { ...page, results, count: page.count - (page.results.length - results.length) };
}

/** How likely it is, as the key of a word for it. */
export function likelihood({ probability, is_automatic }: { probability: number; is_automatic: boolean }) {
  if (is_automatic) return 'certain';
  if (probability >= 0.9) return 'very';
  return probability >= 0.75 ? 'likely' : 'maybe';
}
