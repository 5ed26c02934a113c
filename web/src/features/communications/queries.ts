import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http, operationOf } from '@/api/client';
import { keys } from '@/api/query';
import { refreshRecord, useChangeRecord } from '@/api/record-activity';
import { recordKey } from '@/api/records';
import type { Communication } from '@/api/types';

const pathOf = (id: number) => ({ params: { path: { id } } });

/** With whom somebody spoke. */
export type Tie = { customer?: number; lead?: number; opportunity?: number };

/** One communication. */
export function communicationQuery(id: number) {
  return queryOptions({
    queryKey: [...recordKey('communications', id), 'communication'],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/communications/{id}/', { ...pathOf(id), signal })).data as Communication,
  });
}

/** The last communications with a customer, a lead or about an opportunity. */
export function communicationsOfQuery(tie: Tie, size: number) {
  const query: Record<string, string> = {
    ...Object.fromEntries(Object.entries(tie).map(([name, id]) => [name, String(id)])),
    ordering: '-occurred_at',
    page_size: String(size),
  };
  return queryOptions({
    queryKey: ['communications', 'of', query],
    queryFn: async ({ signal }) => {
      const { data } = await http.GET('/api/v1/crm/communications/', { params: { query }, signal });
      return { communications: data?.results as Communication[], count: data?.count ?? 0 };
    },
  });
}

function refresh(client: QueryClient, communication: Pick<Communication, 'id' | 'customer'>) {
  refreshRecord(client, 'communications', communication.id);
  if (communication.customer !== null) {
    void client.invalidateQueries({ queryKey: keys.customer(communication.customer) });
  }
}

/** Changes some fields of a communication. */
export const useChangeCommunication = (id: number) =>
  useChangeRecord<Communication>('communications', id, communicationQuery(id).queryKey);

/** Logs a communication. */
export function useLogCommunication() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: Record<string, unknown>) => {
      const { data, response } = await http.POST('/api/v1/crm/communications/', { body });
      return { communication: data as Communication, operation: operationOf(response) };
    },
    onSuccess: ({ communication }) => refresh(client, communication),
  });
}
