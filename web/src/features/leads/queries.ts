import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http, operationOf } from '@/api/client';
import type { ConsentChoice } from '@/api/consents';
import { optimistic } from '@/api/query';
import { refreshRecord, useChangeRecord } from '@/api/record-activity';
import { recordKey } from '@/api/records';
import type { components } from '@/api/schema';
import type {
  AssignmentDecision,
  Bant,
  BantAnswersInput,
  BulkOutcome,
  Conversion,
  ConversionPreview,
  FormSubmission,
  Lead,
  LeadConsent,
  LeadConversion,
  LeadQualification,
  LeadTouch,
  ScoreExplanation,
} from '@/api/types';

type Schemas = components['schemas'];

const root = ['leads'] as const;
const pathOf = (id: number) => ({ params: { path: { id } } });

/** What a dialog must know of a lead: a row of a list knows it as well as the page. */
export type LeadLine = Pick<Lead, 'id' | 'name' | 'company' | 'status' | 'assigned_to' | 'bant_score'>;

/** One lead. */
export function leadQuery(id: number) {
  return queryOptions({
    queryKey: [...recordKey('leads', id), 'lead'],
    queryFn: async ({ signal }) => (await http.GET('/api/v1/crm/leads/{id}/', { ...pathOf(id), signal })).data as Lead,
  });
}

/** The four answers about a lead. */
export function bantQuery(id: number) {
  return queryOptions({
    queryKey: [...recordKey('leads', id), 'bant'],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/leads/{id}/bant/', { ...pathOf(id), signal })).data as Bant,
  });
}

/** Why a lead has its score. */
export function scoreQuery(id: number) {
  return queryOptions({
    queryKey: [...recordKey('leads', id), 'score'],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/leads/{id}/score/', { ...pathOf(id), signal })).data as ScoreExplanation,
  });
}

/** Whose a lead became and why, the newest decision first. */
export function assignmentQuery(id: number) {
  return queryOptions({
    queryKey: [...recordKey('leads', id), 'assignment'],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/leads/{id}/assignment/', { ...pathOf(id), signal })).data
        ?.results as AssignmentDecision[],
  });
}

/** How many touches and submissions are shown. */
const FEW = 20;

/** What a lead did and what was done with it, the newest first. */
export function touchesQuery(id: number) {
  return queryOptions({
    queryKey: [...recordKey('leads', id), 'touches'],
    queryFn: async ({ signal }) => {
      const params = { path: { id }, query: { page_size: FEW } };
      return (await http.GET('/api/v1/crm/leads/{id}/touches/', { params, signal })).data?.results as LeadTouch[];
    },
  });
}

/** What a lead sent in by forms, the newest first. */
export function submissionsQuery(id: number) {
  return queryOptions({
    queryKey: [...recordKey('leads', id), 'submissions'],
    queryFn: async ({ signal }) => {
      const params = { path: { id }, query: { page_size: FEW } };
      const { data } = await http.GET('/api/v1/crm/leads/{id}/submissions/', { params, signal });
      return data?.results as FormSubmission[];
    },
  });
}

/** What a lead said to being written to, oldest first. */
export function consentsQuery(id: number) {
  return queryOptions({
    queryKey: [...recordKey('leads', id), 'consents'],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/leads/{id}/consents/', { ...pathOf(id), signal })).data?.results as LeadConsent[],
  });
}

/** What a conversion of a lead would make, and whom it probably is. */
export function conversionQuery(id: number) {
  return queryOptions({
    queryKey: [...recordKey('leads', id), 'conversion'],
    staleTime: 0,
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/leads/{id}/convert/', { ...pathOf(id), signal })).data as ConversionPreview,
  });
}

/** Everything about the lead, and the lists it stands in, is read anew. */
function refresh(client: QueryClient, lead: Lead) {
  client.setQueryData(leadQuery(lead.id).queryKey, lead);
  refreshRecord(client, 'leads', lead.id);
}

/** What a command on a lead answers: the lead as it is now, and what undoes it. */
export interface LeadDone {
  lead: Lead;
  operation: string | undefined;
}

const doneOf = ({ data, response }: { data?: unknown; response: Response }): LeadDone => ({
  lead: data as Lead,
  operation: operationOf(response),
});

/** Changes some fields of a lead. */
export const useChangeLead = (id: number) => useChangeRecord<Lead>('leads', id, leadQuery(id).queryKey);

/** Moves a lead to another status: at once on the screen, taken back if the server refuses. */
export function useQualify() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, ...body }: { id: number } & LeadQualification) =>
      doneOf(await http.PUT('/api/v1/crm/leads/{id}/qualify/', { ...pathOf(id), body })),
    onMutate: ({ id, status, reason }) =>
      optimistic<Lead>(client, leadQuery(id).queryKey, (lead) => ({
        ...lead,
        status,
        disqualify_reason: reason ?? '',
      })),
    onError: (_error, _asked, rollBack) => rollBack?.(),
    onSuccess: ({ lead }) => refresh(client, lead),
  });
}

/** Sets some of the four answers: at once on the screen, taken back if the server refuses. */
export function useAnswer(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: BantAnswersInput) =>
      doneOf(await http.PUT('/api/v1/crm/leads/{id}/bant/', { ...pathOf(id), body })),
    onMutate: (body) =>
      optimistic<Bant>(client, bantQuery(id).queryKey, (bant) => ({
        ...bant,
        answers: bant.answers.map((answer) => ({ ...answer, ...(body[answer.question] as object | undefined) })),
      })),
    onError: (_error, _asked, rollBack) => rollBack?.(),
    onSuccess: ({ lead }) => refresh(client, lead),
  });
}

/** Gives a lead to somebody, or to whomever the rules name. */
export function useAssign() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, ...body }: { id: number; assigned_to?: number; by_rules?: boolean }) =>
      doneOf(await http.POST('/api/v1/crm/leads/{id}/assign/', { ...pathOf(id), body })),
    onSuccess: ({ lead }) => refresh(client, lead),
  });
}

/** Makes a customer of a lead. */
export function useConvert() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, ...body }: { id: number } & Partial<LeadConversion>) => {
      const { data } = await http.POST('/api/v1/crm/leads/{id}/convert/', {
        ...pathOf(id),
        body: body as LeadConversion,
      });
      return data as Conversion;
    },
    onSuccess: (_conversion, { id }) => {
      const stale = [root, recordKey('leads', id), ['customers'], ['opportunities']];
      for (const queryKey of stale) void client.invalidateQueries({ queryKey });
    },
  });
}

/** Notes something that was done with a lead; its score follows. */
export function useTouch(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: { kind: LeadTouch['kind']; detail: string }) =>
      doneOf(await http.POST('/api/v1/crm/leads/{id}/touches/', { ...pathOf(id), body })),
    onSuccess: ({ lead }) => refresh(client, lead),
  });
}

/** Records what a lead said to being written to. It is not undone: who erred records the contrary. */
export function useConsent(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ConsentChoice & { evidence: string }) =>
      http.POST('/api/v1/crm/leads/{id}/consents/', { ...pathOf(id), body }),
    onSuccess: () => client.invalidateQueries({ queryKey: recordKey('leads', id) }),
  });
}

/** Creates a lead; with `refuse` one that is likely to be there already is refused. */
export function useCreateLead() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ body, onDuplicate }: { body: Record<string, unknown>; onDuplicate: 'keep' | 'refuse' }) => {
      const params = { query: { on_duplicate: onDuplicate } };
      return doneOf(await http.POST('/api/v1/crm/leads/', { params, body }));
    },
    onSuccess: ({ lead }) => refresh(client, lead),
  });
}

/** Moves many leads to another status. */
export async function qualifyMany(body: Schemas['LeadsQualification']): Promise<BulkOutcome> {
  return (await http.POST('/api/v1/crm/leads/qualify/', { body })).data as BulkOutcome;
}

/** Gives many leads to a person, or to whom the rules say. */
export async function assignMany(body: Schemas['LeadsAssignment']): Promise<BulkOutcome> {
  return (await http.POST('/api/v1/crm/leads/assign/', { body })).data as BulkOutcome;
}
