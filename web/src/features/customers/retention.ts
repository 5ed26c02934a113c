import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/client';
import { keys } from '@/api/query';
import type { RetentionDryRun, RetentionRule } from '@/api/types';
import type { Criteria } from '@/ui/filters/criteria';

const key = ['retention-rules'];

/** The rules by which customers are deleted or erased in time. */
export const retentionQuery = queryOptions({
  queryKey: key,
  queryFn: async () => (await http.GET('/api/v1/crm/retention-rules/')).data?.results as RetentionRule[],
});

interface Written {
  id?: number;
  name: string;
  criteria: Criteria;
  action: 'delete' | 'erase';
}

/** Makes a rule, or changes the one of this id. */
export function useSaveRule() {
  const renew = useRenew();
  return useMutation({
    mutationFn: async ({ id, criteria, ...rest }: Written) => {
      const body = { ...rest, criteria: criteria as Record<string, unknown> };
      if (id === undefined) await http.POST('/api/v1/crm/retention-rules/', { body });
      else await http.PATCH('/api/v1/crm/retention-rules/{id}/', { params: { path: { id } }, body });
    },
    onSuccess: renew,
  });
}

/** Sets a rule to work, or stops it. */
export function useSwitchRule() {
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ id, is_active }: { id: number; is_active: boolean }) =>
      http.PATCH('/api/v1/crm/retention-rules/{id}/', { params: { path: { id } }, body: { is_active } }),
    onSuccess: renew,
  });
}

/** What a rule would do now; nothing is changed. */
export function useTryRule() {
  const renew = useRenew();
  return useMutation({
    mutationFn: async (id: number) =>
      (await http.POST('/api/v1/crm/retention-rules/{id}/dry-run/', { params: { path: { id } } }))
        .data as RetentionDryRun,
    onSuccess: renew,
  });
}

/** Takes a rule away. */
export function useDeleteRule() {
  const renew = useRenew();
  return useMutation({
    mutationFn: (id: number) => http.DELETE('/api/v1/crm/retention-rules/{id}/', { params: { path: { id } } }),
    onSuccess: renew,
  });
}

function useRenew() {
  const client = useQueryClient();
  return () => Promise.all([key, keys.customers].map((queryKey) => client.invalidateQueries({ queryKey })));
}
