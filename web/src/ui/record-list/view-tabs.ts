import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/client';
import { optimistic } from '@/api/query';
import { entityOf, type RecordKind } from '@/api/records';
import type { components } from '@/api/schema';
import type { View } from './views';

/** In what order a user keeps the views, and with which one the list opens. */
export type Tabs = components['schemas']['Tabs'];

/** The user's own order of the views of a list. */
export function tabsQuery(kind: RecordKind) {
  const params = { query: { entity: entityOf[kind] } };
  return queryOptions({
    queryKey: ['view-tabs', kind],
    staleTime: 5 * 60_000,
    retry: false,
    queryFn: async ({ signal }) => (await http.GET('/api/v1/crm/me/view-tabs/', { params, signal })).data as Tabs,
  });
}

/** Sets order and beginning. */
export function useSetTabs(kind: RecordKind) {
  const client = useQueryClient();
  const params = { query: { entity: entityOf[kind] } };
  const { queryKey } = tabsQuery(kind);
  return useMutation({
    mutationFn: async (body: Tabs) => (await http.PUT('/api/v1/crm/me/view-tabs/', { params, body })).data as Tabs,
    onMutate: (tabs) => optimistic<Tabs>(client, queryKey, () => tabs),
    onError: (_error, _tabs, rollBack) => rollBack?.(),
    onSuccess: (tabs) => client.setQueryData(queryKey, tabs),
  });
}

const sharings = ['private', 'team', 'everyone'] as const;

/** The views as the user ordered them; those never moved follow, one's own first, then the team's and everyone's. */
export function inOrder(views: View[], ids: number[]): View[] {
  const placed = ids.flatMap((id) => views.find((view) => view.id === id) ?? []);
  const rest = sharings.flatMap((sharing) =>
    views.filter((view) => view.sharing === sharing && !placed.includes(view)),
  );
  return [...placed, ...rest];
}

/** The ids with one of them a place further left or right. */
export function shifted(ids: number[], id: number, by: -1 | 1): number[] {
  const from = ids.indexOf(id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= ids.length) return ids;
  const rest = ids.filter((other) => other !== id);
  rest.splice(to, 0, id);
  return rest;
}
