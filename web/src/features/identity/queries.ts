import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/client';
import { keys } from '@/api/query';
import { adopt } from '@/api/session';
import type { Me } from '@/api/types';

/** Is there no user yet, so that the organisation must be set up first? */
export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: async () => (await http.GET('/api/v1/crm/setup/')).data as { needed: boolean },
});

interface Credentials {
  email: string;
  password: string;
}

/** Signs in; the answer is who one is. */
export function useSignIn() {
  const enter = useEnter();
  return useMutation({
    mutationFn: async (body: Credentials) => (await http.POST('/api/v1/crm/session/', { body })).data as Me,
    onSuccess: enter,
  });
}

interface SetUp extends Credentials {
  token: string;
  organisation: string;
  name: string;
  locale: string;
}

/** Makes the organisation and its first user, who is signed in with that. */
export function useSetUp() {
  const enter = useEnter();
  return useMutation({
    mutationFn: async (body: SetUp) => (await http.POST('/api/v1/crm/setup/', { body })).data as Me,
    onSuccess: enter,
  });
}

function useEnter() {
  const client = useQueryClient();
  return (me: Me) => {
    client.clear();
    client.setQueryData(keys.me, adopt(me));
  };
}
