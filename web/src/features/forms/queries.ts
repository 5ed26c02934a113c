import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http, operationOf } from '@/api/client';
import { cursorOf } from '@/api/query';
import type { FormSubmissionList, WebForm, WebFormContent, WebFormFieldInfo, WebFormFigures } from '@/api/types';
import type { SubmissionState } from './params';

const root = ['forms'];

/** All forms in their order, with the figures of the last thirty days. */
export const formsQuery = queryOptions({
  queryKey: [...root, 'list'],
  queryFn: async ({ signal }) => (await http.GET('/api/v1/crm/forms/', { signal })).data?.results as WebForm[],
});

/** One form. */
export function formQuery(id: number) {
  return queryOptions({
    queryKey: [...root, id],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/forms/{id}/', { params: { path: { id } }, signal })).data as WebForm,
  });
}

/** The fields of a lead that a form can ask. */
export const formFieldsQuery = queryOptions({
  queryKey: [...root, 'fields'],
  staleTime: 5 * 60_000,
  queryFn: async () => (await http.GET('/api/v1/crm/forms/fields/')).data as WebFormFieldInfo[],
});

/** How a form would look; what is wrong with it is the refusal. */
export function previewQuery(content: WebFormContent, lang: string) {
  return queryOptions({
    queryKey: [...root, 'preview', lang, content],
    retry: false,
    gcTime: 10_000,
    queryFn: async ({ signal }) => {
      const { data } = await http.POST('/api/v1/crm/forms/preview/', { body: { content, lang }, signal });
      return data?.html ?? '';
    },
  });
}

/** How a form did on these days; on the last thirty without any. */
export function figuresQuery(id: number, from: string | undefined, to: string | undefined) {
  return queryOptions({
    queryKey: [...root, id, 'figures', from, to],
    queryFn: async ({ signal }) => {
      const params = { path: { id }, query: { from, to } };
      return (await http.GET('/api/v1/crm/forms/{id}/figures/', { params, signal })).data as WebFormFigures;
    },
    placeholderData: (before) => before,
  });
}

/** What was sent in by a form, the newest first. */
export function submissionsQuery(id: number, state: SubmissionState | undefined) {
  return infiniteQueryOptions({
    queryKey: [...root, id, 'submissions', state],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const params = { path: { id }, query: { state, cursor: pageParam, page_size: 50 } };
      return (await http.GET('/api/v1/crm/forms/{id}/submissions/', { params, signal })).data as FormSubmissionList;
    },
    getNextPageParam: (last) => cursorOf(last.next),
    placeholderData: (before) => before,
  });
}

/** Makes a form of this name. */
export function useCreateForm() {
  const renew = useRenew();
  return useMutation({
    mutationFn: async (name: string) => {
      const { data, response } = await http.POST('/api/v1/crm/forms/', { body: { name } });
      return { form: data as WebForm, operation: operationOf(response) };
    },
    onSuccess: renew,
  });
}

/** What is to change of a form. */
export interface FormChange {
  name?: string;
  slug?: string;
  is_active?: boolean;
  is_archived?: boolean;
  content?: WebFormContent;
}

/** Changes what is named of a form; with the version that was seen, only that one. */
export function useChangeForm(id: number) {
  const client = useQueryClient();
  const renew = useRenew();
  return useMutation({
    mutationFn: async ({ version, ...body }: FormChange & { version?: number }) => {
      const headers = version === undefined ? undefined : { 'If-Match': `"${version}"` };
      const { data, response } = await http.PATCH('/api/v1/crm/forms/{id}/', {
        params: { path: { id } },
        body,
        headers,
      });
      return { form: data as WebForm, operation: operationOf(response) };
    },
    onSuccess: ({ form }) => {
      client.setQueryData(formQuery(id).queryKey, form);
      return renew();
    },
  });
}

/** Deletes a form that nobody has filled in. */
export function useDeleteForm() {
  const renew = useRenew();
  return useMutation({
    mutationFn: async (id: number) => {
      const { response } = await http.DELETE('/api/v1/crm/forms/{id}/', { params: { path: { id } } });
      return operationOf(response);
    },
    onSuccess: renew,
  });
}

function useRenew() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: formsQuery.queryKey });
}
