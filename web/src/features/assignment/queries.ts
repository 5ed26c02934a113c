import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http, operationOf } from '@/api/client';
import { optimistic } from '@/api/query';
import type {
  AssignmentPerson,
  AssignmentPersonPatch,
  AssignmentRule,
  AssignmentRuleInput,
  AssignmentTried,
} from '@/api/types';

const root = ['assignment'];

/** The rules by which leads are handed out, in the order in which they are asked. */
export const rulesQuery = queryOptions({
  queryKey: [...root, 'rules'],
  queryFn: async ({ signal }) => {
    const params = { query: { entity: 'lead' } };
    return (await http.GET('/api/v1/crm/assignment/rules/', { params, signal })).data?.results as AssignmentRule[];
  },
});

/** People's hours, absences, caps, skills and places. */
export const peopleQuery = queryOptions({
  queryKey: [...root, 'people'],
  queryFn: async ({ signal }) =>
    (await http.GET('/api/v1/crm/assignment/people/', { signal })).data?.results as AssignmentPerson[],
});

/** A rule as the server takes it. */
export function inputOf({ id: _id, position: _position, sentence: _sentence, ...rule }: AssignmentRule) {
  return rule as AssignmentRuleInput;
}

/** Makes a rule, or changes the one of this id. */
export function useSaveRule() {
  const renew = useRenew();
  return useMutation({
    mutationFn: async ({ id, ...body }: AssignmentRuleInput & { id?: number }) => {
      if (id === undefined) {
        const { response } = await http.POST('/api/v1/crm/assignment/rules/', { body });
        return operationOf(response);
      }
      const { entity: _for_good, ...changes } = body;
      const params = { path: { id } };
      const { response } = await http.PATCH('/api/v1/crm/assignment/rules/{id}/', { params, body: changes });
      return operationOf(response);
    },
    onSuccess: renew,
  });
}

/** Sets a rule to work, or stops it, at once on the screen. */
export function useSwitchRule() {
  const client = useQueryClient();
  const renew = useRenew();
  return useMutation({
    mutationFn: async ({ id, is_active }: { id: number; is_active: boolean }) => {
      const params = { path: { id } };
      const { response } = await http.PATCH('/api/v1/crm/assignment/rules/{id}/', { params, body: { is_active } });
      return operationOf(response);
    },
    onMutate: ({ id, is_active }) =>
      optimistic<AssignmentRule[]>(client, rulesQuery.queryKey, (rules) =>
        rules.map((rule) => (rule.id === id ? { ...rule, is_active } : rule)),
      ),
    onError: (_error, _change, rollBack) => rollBack?.(),
    onSettled: renew,
  });
}

/** Puts the rules into this order, at once on the screen. */
export function useOrderRules() {
  const client = useQueryClient();
  const renew = useRenew();
  return useMutation({
    mutationFn: async (rules: AssignmentRule[]) => {
      const body = { entity: 'lead', ids: rules.map(({ id }) => id) };
      const { response } = await http.POST('/api/v1/crm/assignment/rules/reorder/', { body });
      return operationOf(response);
    },
    onMutate: (rules) => optimistic<AssignmentRule[]>(client, rulesQuery.queryKey, () => rules),
    onError: (_error, _order, rollBack) => rollBack?.(),
    onSettled: renew,
  });
}

/** Deletes a rule. */
export function useDeleteRule() {
  const renew = useRenew();
  return useMutation({
    mutationFn: async (id: number) => {
      const { response } = await http.DELETE('/api/v1/crm/assignment/rules/{id}/', { params: { path: { id } } });
      return operationOf(response);
    },
    onSuccess: renew,
  });
}

/** Who would have been given what in the last days; nothing is kept. Without rules, those in force are tried. */
export function useTryRules() {
  return useMutation({
    mutationFn: async ({ rules, days }: { rules?: AssignmentRuleInput[]; days: number }) => {
      const body = { entity: 'lead', rules, days };
      return (await http.POST('/api/v1/crm/assignment/rules/try/', { body })).data as AssignmentTried;
    },
  });
}

/** Changes what is known of somebody. */
export function useSavePerson() {
  const renew = useRenew();
  return useMutation({
    mutationFn: async ({ id, ...body }: AssignmentPersonPatch & { id: number }) => {
      const params = { path: { id } };
      const { response } = await http.PATCH('/api/v1/crm/assignment/people/{id}/', { params, body });
      return operationOf(response);
    },
    onSuccess: renew,
  });
}

function useRenew() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: root });
}
