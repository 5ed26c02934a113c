import { useMutation, useQueryClient } from '@tanstack/react-query';
import { http, operationOf } from '@/api/client';
import { optimistic } from '@/api/query';
import { type Reasons, reasonsQuery } from '@/api/reasons';

const { queryKey } = reasonsQuery;

/** What reasons are for. */
export const reasonKinds = ['win', 'loss', 'disqualify'] as const;
export type ReasonKind = (typeof reasonKinds)[number];

/** Sets the reasons of a kind, at once on the screen; none brings the standard ones back. Answers the operation. */
export function useSetReasons(kind: ReasonKind) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (reasons: string[]) => {
      const params = { path: { kind } };
      const { response } = await http.PUT('/api/v1/crm/reasons/{kind}/', { params, body: { reasons } });
      return operationOf(response);
    },
    onMutate: (reasons) =>
      reasons.length > 0 ? optimistic<Reasons>(client, queryKey, (all) => ({ ...all, [kind]: reasons })) : undefined,
    onError: (_error, _reasons, rollBack) => rollBack?.(),
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
}
