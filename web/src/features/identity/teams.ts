import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/client';
import { keys } from '@/api/query';
import type { Team } from '@/api/types';

/** All teams, by name. */
export const teamsQuery = queryOptions({
  queryKey: ['teams'],
  queryFn: async () => {
    const query = { page_size: 200, ordering: 'name' };
    return (await http.GET('/api/v1/crm/teams/', { params: { query } })).data?.results as Team[];
  },
});

/** A team in its place. */
export interface Branch {
  team: Team;
  depth: number;
}

/** The teams as a tree from top to bottom, each below its parent. */
export function treeOf(teams: Team[]): Branch[] {
  const known = new Set(teams.map(({ id }) => id));
  const below = (parent: number | null, depth: number): Branch[] =>
    teams
      .filter(({ parent_id }) => (parent_id != null && known.has(parent_id) ? parent_id : null) === parent)
      .flatMap((team) => [{ team, depth }, ...below(team.id, depth + 1)]);
  return below(null, 0);
}

/** The teams that a team can be put below: neither itself nor any below it. */
export function possibleParents(teams: Team[], id: number | undefined): Branch[] {
  const tree = treeOf(teams);
  const at = tree.findIndex(({ team }) => team.id === id);
  if (at < 0) return tree;
  const depth = tree[at]?.depth ?? 0;
  const after = tree.findIndex((branch, place) => place > at && branch.depth <= depth);
  return tree.filter((_branch, place) => place < at || (after >= 0 && place >= after));
}

/** What is asked of a team. */
export interface TeamForm {
  name: string;
  parent_id: number | null;
  manager_id: number | null;
}

/** Makes a team, or changes the one of that id. */
export function useSaveTeam(id: number | undefined) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: TeamForm) =>
      id === undefined
        ? http.POST('/api/v1/crm/teams/', { body })
        : http.PATCH('/api/v1/crm/teams/{id}/', { params: { path: { id } }, body }),
    onSuccess: () => {
      client.invalidateQueries({ queryKey: keys.people });
      return client.invalidateQueries({ queryKey: teamsQuery.queryKey });
    },
  });
}

/** Deletes a team that nobody is in and none is below. */
export function useDeleteTeam() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => http.DELETE('/api/v1/crm/teams/{id}/', { params: { path: { id } } }),
    onSuccess: () => {
      client.invalidateQueries({ queryKey: keys.people });
      return client.invalidateQueries({ queryKey: teamsQuery.queryKey });
    },
  });
}
