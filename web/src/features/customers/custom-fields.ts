import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/client';
import { keys, optimistic } from '@/api/query';
import type { CustomField } from '@/api/types';

/** What a custom field can be. */
export const fieldKinds = ['text', 'number', 'money', 'date', 'choice', 'multi_choice', 'boolean', 'link'] as const;

/** What kinds of records can have fields of one's own. */
export const fieldEntities = ['customer', 'lead', 'opportunity'] as const;
export type FieldEntity = (typeof fieldEntities)[number];

const root = ['custom-fields'];
/** What a kind of record calls its fields, where they are kept. */
const described = { customer: keys.customerFields, lead: ['lead-fields'], opportunity: ['opportunity-fields'] };
const listed = { customer: keys.customers, lead: ['leads'], opportunity: ['opportunities'] };

/** The fields the organisation has added to a kind of record, in order. */
export function customFieldsQuery(entity: FieldEntity) {
  return queryOptions({
    queryKey: [...root, entity],
    queryFn: async ({ signal }) => {
      const params = { query: { entity } };
      return (await http.GET('/api/v1/crm/custom-fields/', { params, signal })).data?.results as CustomField[];
    },
  });
}

/** What a form says of a field; a new one has no id. */
export type WrittenField = Omit<CustomField, 'id' | 'entity' | 'position'> & { id?: number };

/** Makes a field, or changes the one of this id. Key and kind stay what they are. */
export function useSaveCustomField(entity: FieldEntity) {
  const renew = useRenew(entity);
  return useMutation({
    mutationFn: async ({ id, ...body }: WrittenField) => {
      if (id === undefined) {
        await http.POST('/api/v1/crm/custom-fields/', { body: { entity, ...body } });
        return;
      }
      const { label_tr, label_en, choices, is_required } = body;
      await http.PATCH('/api/v1/crm/custom-fields/{id}/', {
        params: { path: { id } },
        body: { label_tr, label_en, is_required, ...(choices.length > 0 && { choices }) },
      });
    },
    onSuccess: renew,
  });
}

/** Puts the fields into this order: at once on the screen, and on the server those that have to move. */
export function useOrderCustomFields(entity: FieldEntity) {
  const client = useQueryClient();
  const renew = useRenew(entity);
  return useMutation({
    mutationFn: async (fields: CustomField[]) => {
      for (const [at, { id, position }] of fields.entries()) {
        if (position === at + 1) continue;
        await http.PATCH('/api/v1/crm/custom-fields/{id}/', { params: { path: { id } }, body: { position: at + 1 } });
      }
    },
    onMutate: (fields) => optimistic<CustomField[]>(client, customFieldsQuery(entity).queryKey, () => fields),
    onError: (_error, _fields, rollBack) => rollBack?.(),
    // Also what was refused half way: the next order puts it right.
    onSettled: renew,
  });
}

/** Takes a field away; with `force` also when records have something in it. */
export function useDeleteCustomField(entity: FieldEntity) {
  const renew = useRenew(entity);
  return useMutation({
    mutationFn: ({ id, force }: { id: number; force: boolean }) =>
      http.DELETE('/api/v1/crm/custom-fields/{id}/', { params: { path: { id }, query: { force } } }),
    onSuccess: renew,
  });
}

function useRenew(entity: FieldEntity) {
  const client = useQueryClient();
  return () =>
    Promise.all([root, described[entity], listed[entity]].map((queryKey) => client.invalidateQueries({ queryKey })));
}
