import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/client';
import { keys } from '@/api/query';
import type { Merged, MergePreview, MergeRequest } from '@/api/types';

/** Whose value of a field stays: field → id of the customer. */
export type Kept = Record<string, number>;

/** The choices of a merge as they stand in the address bar: `city:42,industry:17`. */
export function keptFrom(text: string | undefined): Kept {
  const pairs = (text ?? '').split(',').map((part) => /^([\w.]+):(\d+)$/.exec(part));
  return Object.fromEntries(pairs.flatMap((pair) => (pair ? [[pair[1], Number(pair[2])]] : [])));
}

/** The inverse of `keptFrom`. */
export function keptText(kept: Kept): string {
  return Object.entries(kept)
    .map(([field, id]) => `${field}:${id}`)
    .join(',');
}

/** The customers to merge, as the address bar names them: each once. */
export function idsFrom(text: string | undefined): number[] {
  return [
    ...new Set(
      (text ?? '')
        .split(',')
        .filter((part) => /^\d+$/.test(part))
        .map(Number),
    ),
  ];
}

/** The record that would be, field by field; nothing is done. */
export function mergePreviewQuery(request: MergeRequest) {
  return queryOptions({
    queryKey: [...keys.customers, 'merge', request],
    enabled: request.loser_ids.length > 0,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (await http.POST('/api/v1/crm/customers/merge/preview/', { body: request, signal })).data as MergePreview,
  });
}

/** Makes several records one; the answer names the operation by which they come apart again. */
export function useMerge() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: MergeRequest) =>
      (await http.POST('/api/v1/crm/customers/merge/', { body })).data as Merged,
    onSuccess: (_merged, { winner_id, loser_ids }) => {
      for (const id of [winner_id, ...loser_ids]) client.removeQueries({ queryKey: keys.customer(id) });
      return client.invalidateQueries({ queryKey: [...keys.customers, 'duplicates'] });
    },
  });
}
