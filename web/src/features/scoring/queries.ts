import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/client';
import { opportunityModelQuery } from '@/api/opportunity-model';
import { optimistic } from '@/api/query';
import type { LeadScoring, LeadSettings, ModelVersion, ScoreDryRun, ScoreRule, ScoreRuleInput } from '@/api/types';

const root = ['lead-scoring'];
const rootOf = (of: Scored) => (of === 'leads' ? root : opportunityModelQuery.queryKey);

/** What scores are worth now. */
export const scoringQuery = queryOptions({
  queryKey: [...root, 'analysis'],
  queryFn: async ({ signal }) => (await http.GET('/api/v1/crm/leads/scoring/', { signal })).data as LeadScoring,
});

/** The rules of scores, fit first. */
export const rulesQuery = queryOptions({
  queryKey: [...root, 'rules'],
  queryFn: async () => (await http.GET('/api/v1/crm/leads/score-rules/')).data?.results as ScoreRule[],
});

/** Whose model it is. */
export type Scored = 'leads' | 'opportunities';

/** The trainings of a model, the newest first. */
export const modelsQuery = (of: Scored) =>
  queryOptions({
    queryKey: [...rootOf(of), 'models'],
    queryFn: async () => (await http.GET(`/api/v1/crm/${of}/scoring/models/`)).data?.results as ModelVersion[],
  });

/** What the model in force looks at, what decides most first. */
export const featuresQuery = (of: Scored) =>
  queryOptions({
    queryKey: [...rootOf(of), 'features'],
    queryFn: async ({ signal }) =>
      ((await http.GET(`/api/v1/crm/${of}/scoring/`, { signal })).data?.features ?? []) as LeadScoring['features'],
  });

/** What the organisation has settled about its leads. */
export const settingsQuery = queryOptions({
  queryKey: [...root, 'settings'],
  queryFn: async () => (await http.GET('/api/v1/crm/leads/settings/')).data as LeadSettings,
});

/** Changes what is settled about leads. */
export function useSaveSettings() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: Partial<LeadSettings>) =>
      (await http.PATCH('/api/v1/crm/leads/settings/', { body })).data as LeadSettings,
    onSuccess: (settings) => client.setQueryData(settingsQuery.queryKey, settings),
  });
}

/** A rule as the server takes it. */
export function inputOf({ kind, name, criteria, touch, points, half_life_days, position, is_active }: ScoreRule) {
  const shared = { kind, name, points, position, is_active };
  return kind === 'fit' ? { ...shared, criteria } : { ...shared, touch, half_life_days };
}

/** Makes a rule, or replaces the one of this id. */
export function useSaveRule() {
  const renew = useRenew();
  return useMutation({
    mutationFn: async ({ id, ...body }: ScoreRuleInput & { id?: number }) => {
      if (id === undefined) await http.POST('/api/v1/crm/leads/score-rules/', { body });
      else await http.PUT('/api/v1/crm/leads/score-rules/{id}/', { params: { path: { id } }, body });
    },
    onSuccess: renew,
  });
}

/** Sets a rule to work, or stops it, at once on the screen. */
export function useSwitchRule() {
  const client = useQueryClient();
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ rule, is_active }: { rule: ScoreRule; is_active: boolean }) =>
      http.PUT('/api/v1/crm/leads/score-rules/{id}/', {
        params: { path: { id: rule.id } },
        body: { ...inputOf(rule), is_active },
      }),
    onMutate: ({ rule, is_active }) =>
      optimistic<ScoreRule[]>(client, rulesQuery.queryKey, (rules) =>
        rules.map((one) => (one.id === rule.id ? { ...one, is_active } : one)),
      ),
    onError: (_error, _change, rollBack) => rollBack?.(),
    onSettled: renew,
  });
}

/** Ends a rule. */
export function useDeleteRule() {
  const renew = useRenew();
  return useMutation({
    mutationFn: (id: number) => http.DELETE('/api/v1/crm/leads/score-rules/{id}/', { params: { path: { id } } }),
    onSuccess: renew,
  });
}

/** What a whole set of rules would do to the leads there are; nothing is changed. */
export function useTryRules() {
  return useMutation({
    mutationFn: async (rules: ScoreRuleInput[]) =>
      (await http.POST('/api/v1/crm/leads/score-rules/dry-run/', { body: { rules } })).data as ScoreDryRun,
  });
}

/** Has the model learn in the background; what came of it is the newest version. */
export function useTrain(of: Scored) {
  return useMutation({ mutationFn: () => http.POST(`/api/v1/crm/${of}/scoring/train/`) });
}

/** Puts a version in force; without one rules or stages decide. */
export function useActivate(of: Scored) {
  const renew = useRenew(of);
  return useMutation({
    mutationFn: async (id: number | undefined) => {
      if (id === undefined) await http.POST(`/api/v1/crm/${of}/scoring/models/deactivate/`);
      else await http.POST(`/api/v1/crm/${of}/scoring/models/{id}/activate/`, { params: { path: { id } } });
    },
    onSuccess: renew,
  });
}

function useRenew(of: Scored = 'leads') {
  const client = useQueryClient();
  return () => Promise.all([rootOf(of), [of]].map((queryKey) => client.invalidateQueries({ queryKey })));
}
