import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http, operationOf } from '@/api/client';
import { keys } from '@/api/query';
import type { Tag } from '@/api/types';

/** The colours a tag can have. */
export const tagColors = [
  'gray',
  'red',
  'pink',
  'grape',
  'violet',
  'indigo',
  'blue',
  'cyan',
  'teal',
  'green',
  'lime',
  'yellow',
  'orange',
];

const key = ['tags'];

/** All tags, and how many customers have each. */
export const tagsQuery = queryOptions({
  queryKey: key,
  queryFn: async () => {
    const params = { query: { page_size: 200 } };
    return (await http.GET('/api/v1/crm/tags/', { params })).data?.results as Tag[];
  },
});

type Written = { id?: number; name: string; color: string };

/** Makes a tag, or changes the one of this id; the answer is the operation. */
export function useSaveTag() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, ...body }: Written) => {
      const { response } =
        id === undefined
          ? await http.POST('/api/v1/crm/tags/', { body })
          : await http.PATCH('/api/v1/crm/tags/{id}/', { params: { path: { id } }, body });
      return operationOf(response);
    },
    onSuccess: () => Promise.all([key, keys.customers].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

/** Takes a tag away, from all customers too; the answer is the operation. */
export function useDeleteTag() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (id: number) => {
      const { response } = await http.DELETE('/api/v1/crm/tags/{id}/', { params: { path: { id } } });
      return operationOf(response);
    },
    onSuccess: () => Promise.all([key, keys.customers].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}
