import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http, operationOf } from '@/api/client';
import { entityOf, type RecordKind } from '@/api/records';
import type { components } from '@/api/schema';

type Schemas = components['schemas'];

/** A list saved under a name. */
export type View = Schemas['View'];
/** Who sees a view. */
export type Sharing = Schemas['Sharing'];

const viewsKey = (entity: string) => ['views', entity] as const;

/** The views of a list: one's own, one's team's, everyone's. */
export function viewsQuery(kind: RecordKind) {
  const entity = entityOf[kind];
  return queryOptions({
    queryKey: viewsKey(entity),
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const { data } = await http.GET('/api/v1/crm/views/', { params: { query: { entity } }, signal });
      return (data?.results ?? []) as View[];
    },
  });
}

/** Saves the list as a new view. */
export function useCreateView() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: Schemas['ViewInput']) => {
      const { data, response } = await http.POST('/api/v1/crm/views/', { body });
      return { view: data as View, operation: operationOf(response) };
    },
    onSuccess: ({ view }) => {
      const queryKey = viewsKey(view.entity);
      client.setQueryData<View[]>(queryKey, (views) => views && [...views, view]);
      return client.invalidateQueries({ queryKey });
    },
  });
}

/** Changes what a view is called, holds, or who sees it. */
export function useChangeView() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, changes }: { id: number; changes: Schemas['ViewPatch'] }) => {
      const { data, response } = await http.PATCH('/api/v1/crm/views/{id}/', {
        params: { path: { id } },
        body: changes,
      });
      return { view: data as View, operation: operationOf(response) };
    },
    onSuccess: ({ view }) => {
      const queryKey = viewsKey(view.entity);
      client.setQueryData<View[]>(queryKey, (views) => views?.map((other) => (other.id === view.id ? view : other)));
      return client.invalidateQueries({ queryKey });
    },
  });
}

/** Deletes a view, reversibly. */
export function useDeleteView() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id }: View) => {
      const { response } = await http.DELETE('/api/v1/crm/views/{id}/', { params: { path: { id } } });
      return operationOf(response);
    },
    onSuccess: (_operation, { id, entity }) => {
      const queryKey = viewsKey(entity);
      client.setQueryData<View[]>(queryKey, (views) => views?.filter((view) => view.id !== id));
      return client.invalidateQueries({ queryKey });
    },
  });
}
