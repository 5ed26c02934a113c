import { infiniteQueryOptions, queryOptions, useMutation } from '@tanstack/react-query';
import { http } from '@/api/client';
import { cursorOf } from '@/api/query';
import type { AuditEntry, AuditVerdict } from '@/api/types';

/** What the address bar may ask of the audit. */
export const auditParams = ['search', 'actor_id', 'kind', 'subject_type', 'subject_id', 'at__gte', 'at__lte'] as const;

export type AuditParams = Partial<Record<(typeof auditParams)[number], string>>;

type Page = { results: AuditEntry[]; next?: string | null; count: number; count_is_capped: boolean };

/** The entries, newest first. */
export function auditQuery(params: AuditParams) {
  return infiniteQueryOptions({
    queryKey: ['audit', params],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...params, page_size: 100, cursor: pageParam } as Record<string, unknown>;
      return (await http.GET('/api/v1/crm/audit/', { params: { query }, signal })).data as Page;
    },
    getNextPageParam: (last) => cursorOf(last.next),
    placeholderData: (before) => before,
  });
}

/** Who may have done something. */
export const actorsQuery = queryOptions({
  queryKey: ['audit-actors'],
  staleTime: 5 * 60_000,
  queryFn: async () => {
    const answer = await http
      .GET('/api/v1/crm/users/', { params: { query: { page_size: 200 } } })
      .catch(() => undefined);
    return (answer?.data?.results ?? []) as { id: number; name: string }[];
  },
});

/** Walks the whole chain. */
export function useVerify() {
  return useMutation({
    mutationFn: async () => (await http.POST('/api/v1/crm/audit/verify/', { body: {} })).data as AuditVerdict,
  });
}

/** Where the same entries are had as a file. */
export function exportLink({ search: _, ...params }: AuditParams): string {
  return `/api/v1/crm/audit/export/?${new URLSearchParams(params)}`;
}
