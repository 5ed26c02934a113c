import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/client';
import { keys } from '@/api/query';
import type { CustomField } from '@/api/types';

/** What a custom field can be. */
export const fieldKinds = ['text', 'number', 'money', 'date', 'choice', 'multi_choice', 'boolean', 'link'] as const;

const key = ['custom-fields'];

/** The fields the organisation has added to its customers, in order. */
export const customFieldsQuery = queryOptions({
  queryKey: key,
  queryFn: async () => (await http.GET('/api/v1/crm/custom-fields/')).data?.results as CustomField[],
});

/** What a form says of a field; a new one has no id. */
export type WrittenField = Omit<CustomField, 'id' | 'entity' | 'position'> & { id?: number };

/** Makes a field, or changes the one of this id. Key and kind stay what they are. */
export function useSaveCustomField() {
  const renew = useRenew();
  return useMutation({
    mutationFn: async ({ id, ...body }: WrittenField) => {
      if (id === undefined) {
        await http.POST('/api/v1/crm/custom-fields/', { body: { entity: 'customer', ...body } });
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

/** Gives two neighbours each other's place. */
export function useSwapCustomFields() {
  const renew = useRenew();
  return useMutation({
    mutationFn: async ([one, other]: [CustomField, CustomField]) => {
      const put = (id: number, position: number) =>
        http.PATCH('/api/v1/crm/custom-fields/{id}/', { params: { path: { id } }, body: { position } });
      await put(one.id, other.position);
      await put(other.id, one.position);
    },
    onSettled: renew,
  });
}

/** Takes a field away; with `force` also when customers have something in it. */
export function useDeleteCustomField() {
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ id, force }: { id: number; force: boolean }) =>
      http.DELETE('/api/v1/crm/custom-fields/{id}/', { params: { path: { id }, query: { force } } }),
    onSuccess: renew,
  });
}

function useRenew() {
  const client = useQueryClient();
  return () =>
    Promise.all([key, keys.customerFields, keys.customers].map((queryKey) => client.invalidateQueries({ queryKey })));
}
