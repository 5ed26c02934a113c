import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http, operationOf } from '@/api/client';
import { keys } from '@/api/query';
import type { Customer360, MergePreview } from '@/api/types';

/** Which record stays, which go over into it, and whose value each field keeps. */
export interface MergeChoice {
  winner_id: number;
  loser_ids: number[];
  fields: Record<string, number>;
}

/** What a merge would make. */
export function mergePreviewQuery(choice: MergeChoice) {
  return queryOptions({
    queryKey: [...keys.customers, 'merge', choice],
    queryFn: async ({ signal }) =>
      (await http.POST('/api/v1/crm/customers/merge/preview/', { body: choice, signal })).data as MergePreview,
  });
}

/** Those that are to become one, each with what hangs on it. */
export function mergedQuery(ids: number[]) {
  return queryOptions({
    queryKey: [...keys.customers, 'to-merge', ids],
    queryFn: ({ signal }) =>
      Promise.all(
        ids.map(
          async (id) =>
            (await http.GET('/api/v1/crm/customers/{id}/360/', { params: { path: { id } }, signal }))
              .data as Customer360,
        ),
      ),
  });
}

/** Makes several customers one; the answer is the operation. */
export function useMerge() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: MergeChoice) => {
      const { response } = await http.POST('/api/v1/crm/customers/merge/', { body });
      return operationOf(response);
    },
    onSuccess: () =>
      Promise.all(
        [keys.customers, ['customer'], ['duplicates']].map((queryKey) => client.invalidateQueries({ queryKey })),
      ),
  });
}
