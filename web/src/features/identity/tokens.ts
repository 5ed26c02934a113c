import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/client';
import type { Token } from '@/api/types';

/** The tokens one may see: one's own, or everybody's. */
export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: async () => {
    const query = { page_size: 200, ordering: '-created_at' };
    return (await http.GET('/api/v1/crm/tokens/', { params: { query } })).data?.results as Token[];
  },
});

/** What is asked of a token. */
export interface TokenForm {
  name: string;
  scopes: string[];
  expires_at: string | null;
}

/** Makes a token of one's own. Its secret is told only once; nothing here remembers it. */
export function useCreateToken() {
  const client = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: async (body: TokenForm) => (await http.POST('/api/v1/crm/tokens/', { body })).data as Token,
    onSuccess: () => client.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
}

/** Whoever comes with this token is let in no more. */
export function useRevokeToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => http.DELETE('/api/v1/crm/tokens/{id}/', { params: { path: { id } } }),
    onSuccess: () => client.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
}
