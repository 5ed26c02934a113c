import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/client';
import type { Check, System } from '@/api/types';

const LOOK_AGAIN_MS = 5_000;

/** How the server is doing, looked at again while the page is open. */
export const systemQuery = queryOptions({
  queryKey: ['system'],
  refetchInterval: LOOK_AGAIN_MS,
  queryFn: async () => (await http.GET('/api/v1/crm/system/')).data as System,
});

/** What the doctor finds. */
export const doctorQuery = queryOptions({
  queryKey: ['system', 'doctor'],
  staleTime: 60_000,
  queryFn: async () => (await http.GET('/api/v1/crm/system/doctor/')).data as Check[],
});

/** Gives an event that was set aside to its consumer once more. */
export function useReplay() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => http.POST('/api/v1/crm/system/set-aside/{id}/replay/', { params: { path: { id } } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['system'] }),
  });
}
