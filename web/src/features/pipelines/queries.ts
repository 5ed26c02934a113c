import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http, operationOf } from '@/api/client';
import { pipelinesQuery } from '@/api/pipelines';
import { optimistic } from '@/api/query';
import type { Pipeline, Stage } from '@/api/types';

const key = pipelinesQuery.queryKey;

/** How many opportunities stand in each stage of a pipeline, by the stage's id. */
export function countsQuery(pipeline: number) {
  return queryOptions({
    queryKey: ['opportunities', 'counts', pipeline],
    queryFn: async ({ signal }) => {
      const params = { query: { pipeline, page_size: 1 } };
      const { data } = await http.GET('/api/v1/crm/opportunities/board/', { params, signal });
      return new Map((data?.columns ?? []).map(({ stage_id, count }) => [stage_id, count]));
    },
  });
}

/** What the server takes of a pipeline. */
export interface PipelineChange {
  name?: string;
  is_default?: boolean;
  is_archived?: boolean;
  /** Where the probability of what is open comes from. */
  probability_source?: Pipeline['probability_source'];
}

/** Makes a pipeline with the stages of the default one, or changes the one of this id, at once on the screen. */
export function useSavePipeline() {
  const client = useQueryClient();
  const renew = useRenew();
  return useMutation({
    mutationFn: async ({ id, ...body }: PipelineChange & { id?: number }) => {
      const { data } =
        id === undefined
          ? await http.POST('/api/v1/crm/pipelines/', { body })
          : await http.PATCH('/api/v1/crm/pipelines/{id}/', { params: { path: { id } }, body });
      return data as Pipeline;
    },
    onMutate: ({ id, ...changes }) =>
      id === undefined
        ? undefined
        : optimistic<Pipeline[]>(client, key, (all) =>
            all.map((one) => (one.id === id ? { ...one, ...changes } : one)),
          ),
    onError: (_error, _change, rollBack) => rollBack?.(),
    onSettled: renew,
  });
}

/** What a form says of a stage; a new one has no id. */
export interface WrittenStage {
  id?: number;
  pipeline_id: number;
  key?: string;
  name_tr: string;
  name_en: string;
  outcome?: Stage['outcome'];
  /** Percent. */
  probability?: string;
  category: Stage['category'];
  /** 0 is never. */
  rots_after_days: number;
  required_fields: string[];
}

/** Adds a stage, or changes the one of this id. Key and outcome stay what they are. */
export function useSaveStage() {
  const renew = useRenew();
  return useMutation({
    mutationFn: async ({ id, pipeline_id, key, outcome, ...rest }: WrittenStage) => {
      if (id !== undefined) {
        const path = { id: pipeline_id, stage_id: id };
        await http.PATCH('/api/v1/crm/pipelines/{id}/stages/{stage_id}/', { params: { path }, body: rest });
        return;
      }
      const body = { ...rest, key: key || undefined, outcome };
      await http.POST('/api/v1/crm/pipelines/{id}/stages/', { params: { path: { id: pipeline_id } }, body });
    },
    onSuccess: renew,
  });
}

/** Brings the stages of a pipeline into this order, at once on the screen. */
export function useOrderStages() {
  const client = useQueryClient();
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ pipeline, stages }: { pipeline: Pipeline; stages: Stage[] }) =>
      http.PUT('/api/v1/crm/pipelines/{id}/stages/order/', {
        params: { path: { id: pipeline.id } },
        body: { stage_ids: stages.map(({ id }) => id) },
      }),
    onMutate: ({ pipeline, stages }) =>
      optimistic<Pipeline[]>(client, key, (all) =>
        all.map((one) => (one.id === pipeline.id ? { ...one, stages } : one)),
      ),
    onError: (_error, _order, rollBack) => rollBack?.(),
    onSettled: renew,
  });
}

/** Ends a stage; the opportunities in it go to another. Answers the operation that took them there, if there were any. */
export function useDeleteStage() {
  const renew = useRenew();
  return useMutation({
    mutationFn: async ({ stage, moveTo }: { stage: Stage; moveTo?: number }) => {
      const path = { id: stage.pipeline_id, stage_id: stage.id };
      const params = { path, query: { move_to: moveTo } };
      const { response } = await http.DELETE('/api/v1/crm/pipelines/{id}/stages/{stage_id}/', { params });
      return operationOf(response);
    },
    onSuccess: renew,
  });
}

function useRenew() {
  const client = useQueryClient();
  return () => Promise.all([key, ['opportunities']].map((queryKey) => client.invalidateQueries({ queryKey })));
}
