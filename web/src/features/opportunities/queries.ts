import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http, operationOf } from '@/api/client';
import { optimistic } from '@/api/query';
import type { Field, Opportunity, OpportunityList, Pipeline, Stage } from '@/api/types';

const root = ['opportunities'] as const;

/** The pipelines with their stages, the default one first. */
export const pipelinesQuery = queryOptions({
  queryKey: ['pipelines'],
  staleTime: 5 * 60_000,
  queryFn: async () => (await http.GET('/api/v1/crm/pipelines/')).data?.results as Pipeline[],
});

/** What fields an opportunity has. */
export const opportunityFieldsQuery = queryOptions({
  queryKey: ['opportunity-fields'],
  staleTime: 5 * 60_000,
  queryFn: async () => (await http.GET('/api/v1/crm/opportunities/fields/')).data as Field[],
});

/** The first cards of a stage, the next to close first, and how many there are. */
export function columnQuery({ id, pipeline_id, key }: Stage) {
  return queryOptions({
    queryKey: [...root, 'stage', id],
    queryFn: async ({ signal }) => {
      const query = { pipeline: pipeline_id, stage: key, page_size: 50, ordering: 'expected_close_date' };
      return (await http.GET('/api/v1/crm/opportunities/', { params: { query }, signal })).data as OpportunityList;
    },
  });
}

/** What each stage of a pipeline comes to: all of it, and weighted by probability, in the organisation's currency. */
export function sumsQuery(pipeline: number) {
  return queryOptions({
    queryKey: [...root, 'sums', pipeline],
    queryFn: async ({ signal }) => {
      const params = { query: { pipeline, page_size: 1 } };
      const { data } = await http.GET('/api/v1/crm/opportunities/board/', { params, signal });
      const columns = (data?.columns ?? []) as { stage_id: number; amount: string; weighted: string }[];
      return { currency: data?.currency ?? '', byStage: new Map(columns.map((column) => [column.stage_id, column])) };
    },
  });
}

/** One opportunity. */
export function opportunityQuery(id: number) {
  return queryOptions({
    queryKey: [...root, id],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/opportunities/{id}/', { params: { path: { id } }, signal })).data as Opportunity,
  });
}

async function patch({ id, version }: Opportunity, body: Record<string, unknown>) {
  const headers = { 'If-Match': `"${version}"` };
  const { data, response } = await http.PATCH('/api/v1/crm/opportunities/{id}/', {
    params: { path: { id } },
    body,
    headers,
  });
  return { opportunity: data as Opportunity, operation: operationOf(response) };
}

/** A card without, or with, one more opportunity. */
export const without = (list: OpportunityList, id: number): OpportunityList => ({
  ...list,
  count: list.count - 1,
  results: list.results.filter((one) => one.id !== id),
});
export const withFirst = (list: OpportunityList, one: Opportunity): OpportunityList => ({
  ...list,
  count: list.count + 1,
  results: [one, ...list.results] as OpportunityList['results'],
});

export interface Move {
  opportunity: Opportunity;
  from: Stage;
  to: Stage;
  /** What the stage asks for. */
  answers?: Record<string, string>;
}

/** Moves an opportunity to another stage: at once on the screen, taken back if the server refuses. */
export function useMove() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ opportunity, to, answers }: Move) => patch(opportunity, { stage: to.key, ...answers }),
    onMutate: async ({ opportunity, from, to }) => {
      const moved = { ...opportunity, stage: to.key, stage_id: to.id, stage_entered_at: new Date().toISOString() };
      const undos = [
        await optimistic<OpportunityList>(client, columnQuery(from).queryKey, (list) => without(list, opportunity.id)),
        await optimistic<OpportunityList>(client, columnQuery(to).queryKey, (list) => withFirst(list, moved)),
      ];
      return () => {
        for (const undo of undos) undo();
      };
    },
    onError: (_error, _move, rollBack) => rollBack?.(),
    onSettled: () => client.invalidateQueries({ queryKey: root }),
  });
}
