import {
  type InfiniteData,
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { http } from '@/api/client';
import { cursorOf, keys } from '@/api/query';
import type { ResetLink, User } from '@/api/types';
import { rolesQuery } from './roles';
import { teamsQuery } from './teams';

const users = ['users'] as const;
type UserList = { count: number; next?: string | null; results: User[] };

/** The users by search and filters, as the address bar has them. */
export function usersQuery(params: Record<string, string>) {
  return infiniteQueryOptions({
    queryKey: [...users, params],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...params, page_size: 100, cursor: pageParam };
      return (await http.GET('/api/v1/crm/users/', { params: { query }, signal })).data as UserList;
    },
    getNextPageParam: (last) => cursorOf(last.next),
    placeholderData: (before: InfiniteData<UserList, string | undefined> | undefined) => before,
  });
}

/** The active users, for choosing one. */
export const activeUsersQuery = queryOptions({
  queryKey: [...users, 'active'],
  queryFn: async () => {
    const query = { is_active: true, page_size: 200 };
    return (await http.GET('/api/v1/crm/users/', { params: { query } })).data?.results as User[];
  },
});

/** One user. */
export function userQuery(id: number) {
  return queryOptions({
    queryKey: [...users, id],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/users/{id}/', { params: { path: { id } }, signal })).data as User,
  });
}

/** What is asked of a user. */
export interface UserForm {
  name: string;
  email: string;
  locale: string;
  team_id: number | null;
  role_ids: number[];
}

function useChanged() {
  const client = useQueryClient();
  return () => {
    for (const queryKey of [keys.people, rolesQuery.queryKey, teamsQuery.queryKey])
      client.invalidateQueries({ queryKey });
    return client.invalidateQueries({ queryKey: users });
  };
}

/** Makes a user, or changes the one of that id. */
export function useSaveUser(id: number | undefined) {
  const changed = useChanged();
  return useMutation({
    mutationFn: async (body: UserForm) => {
      const { data } =
        id === undefined
          ? await http.POST('/api/v1/crm/users/', { body })
          : await http.PATCH('/api/v1/crm/users/{id}/', { params: { path: { id } }, body });
      return data as User;
    },
    onSuccess: changed,
  });
}

/** Lets a user in again, or no longer; their sessions end then. */
export function useSwitchUser() {
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ id, is_active }: { id: number; is_active: boolean }) =>
      http.PATCH('/api/v1/crm/users/{id}/', { params: { path: { id } }, body: { is_active } }),
    onSuccess: changed,
  });
}

/** A link to a new password; it is told only once. */
export function useResetLink() {
  return useMutation({
    mutationFn: async (id: number) =>
      (await http.POST('/api/v1/crm/users/{id}/password-reset/', { params: { path: { id } } })).data as ResetLink,
  });
}

/** What an administrator does for the safety of somebody's account. */
export type Aid = 'unlock' | 'end_sessions' | 'two_factor_off';

/** Lets somebody try again, ends their sessions, or takes away a second factor that they have lost. */
export function useAid() {
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ id, aid }: { id: number; aid: Aid }): Promise<unknown> => {
      const params = { path: { id } };
      if (aid === 'unlock') return http.POST('/api/v1/crm/users/{id}/unlock/', { params });
      if (aid === 'end_sessions') return http.DELETE('/api/v1/crm/users/{id}/sessions/', { params });
      return http.DELETE('/api/v1/crm/users/{id}/two-factor/', { params });
    },
    onSuccess: changed,
  });
}

/** Looks at the product as somebody else: everything is asked anew. */
export function useViewAs() {
  return useMutation({
    mutationFn: (user_id: number) => http.POST('/api/v1/crm/me/view-as/', { body: { user_id } }),
    onSuccess: () => globalThis.location.assign('/'),
  });
}
