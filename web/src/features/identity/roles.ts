import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/client';
import { keys } from '@/api/query';
import type { FieldAccess, PermissionInfo, Role, Scope } from '@/api/types';

/** All roles. */
export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: async () => {
    const query = { page_size: 200 };
    return (await http.GET('/api/v1/crm/roles/', { params: { query } })).data?.results as Role[];
  },
});

/** Everything that can be allowed. */
export const permissionsQuery = queryOptions({
  queryKey: ['permissions'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async () => (await http.GET('/api/v1/crm/roles/permissions/')).data as PermissionInfo[],
});

/** In a role: every permission there is, also those to come. */
export const EVERYTHING = '*';

/** Permissions of one kind of record. */
export interface Matter {
  entity: string;
  permissions: PermissionInfo[];
}

/** The permissions by what they are about; what knows scopes first. */
export function mattersOf(permissions: PermissionInfo[]): Matter[] {
  const entities = [...new Set(permissions.map(({ entity }) => entity))];
  return entities
    .map((entity) => ({ entity, permissions: permissions.filter((permission) => permission.entity === entity) }))
    .sort((a, b) => scopedOf(b) - scopedOf(a));
}

const scopedOf = ({ permissions }: Matter) => permissions.filter(({ is_scoped }) => is_scoped).length;

/** The scopes from the least to the most. */
export const scopes: Scope[] = ['own', 'team', 'below', 'all'];

/** What a role's form holds. */
export interface RoleForm {
  name: string;
  grants: Record<string, Scope>;
  rows: Record<string, Record<string, unknown>>;
  fields: Record<string, Record<string, FieldAccess>>;
  requires_two_factor: boolean;
}

/** What a form for a role begins with: the role, or nothing. */
export function formOf(role: Role | undefined): RoleForm {
  return {
    name: role?.name ?? '',
    grants: role?.grants ?? {},
    rows: (role?.rows ?? {}) as RoleForm['rows'],
    fields: role?.fields ?? {},
    requires_two_factor: role?.requires_two_factor ?? false,
  };
}

/** Makes a role, or changes the one of that id. */
export function useSaveRole(id: number | undefined) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: RoleForm) => {
      const { data } =
        id === undefined
          ? await http.POST('/api/v1/crm/roles/', { body })
          : await http.PATCH('/api/v1/crm/roles/{id}/', { params: { path: { id } }, body });
      return data as Role;
    },
    onSuccess: () => {
      client.invalidateQueries({ queryKey: keys.me });
      return client.invalidateQueries({ queryKey: rolesQuery.queryKey });
    },
  });
}

/** Deletes a role that nobody has. */
export function useDeleteRole() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => http.DELETE('/api/v1/crm/roles/{id}/', { params: { path: { id } } }),
    onSuccess: () => client.invalidateQueries({ queryKey: rolesQuery.queryKey }),
  });
}
