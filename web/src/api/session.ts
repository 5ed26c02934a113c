import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { http, setCsrfToken } from './client';
import { keys } from './query';
import type { Me } from './types';

/** Who am I? A 401 is an answer, too: nobody. */
export const meQuery = queryOptions({
  queryKey: keys.me,
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async (): Promise<Me> => {
    const { data } = await http.GET('/api/v1/crm/me/');
    return adopt(data as Me);
  },
});

/** Takes over the token of a `Me`, which every later change must carry. */
export function adopt(me: Me): Me {
  setCsrfToken(me.csrf_token ?? undefined);
  return me;
}

/** The signed-in user; only below the routes that need one. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Must the user set up a second factor before anything else? */
export function lacksTwoFactor({ two_factor }: Me): boolean {
  return two_factor.is_required && !two_factor.is_on && !two_factor.passkeys;
}

/** May the user do this at all? On which rows is for the server to say. */
export function may(me: Me, permission: string): boolean {
  return me.permissions[permission] !== undefined;
}
