import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { http } from '@/api/client';
import { isStatus } from '@/api/error';
import { cursorOf, keys } from '@/api/query';
import type { DuplicateCheck, DuplicateList } from '@/api/types';

const PAGE_SIZE = 50;

/** What a check says of a draft: who may be the same, and which of its fields are wrong so far. */
export interface DraftCheck {
  check: DuplicateCheck;
  errors: Record<string, string[]>;
}

/** Looks for the doubles of a draft. Fields that are wrong, or half typed, are told and left aside. */
export function draftCheckQuery(draft: Record<string, unknown>, enabled: boolean) {
  return queryOptions({
    queryKey: [...keys.customers, 'check', draft],
    enabled,
    gcTime: 60_000,
    // What was found for the letters before stays until there is something newer, so that nothing flickers.
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<DraftCheck> => {
      const ask = async (body: Record<string, unknown>) =>
        (await http.POST('/api/v1/crm/customers/duplicates/check/', { body, signal })).data as DuplicateCheck;
      try {
        return { check: await ask(draft), errors: {} };
      } catch (error) {
        if (!isStatus(error, 422)) throw error;
        const right = Object.entries(draft).filter(([name]) => !(name in error.errors));
        const mayHelp = right.length < Object.keys(draft).length;
        const check = mayHelp ? await ask(Object.fromEntries(right)) : { candidates: [], hidden_count: 0 };
        return { check, errors: error.errors };
      }
    },
  });
}

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
