import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/client';
import { keys } from '@/api/query';
import type { Organisation } from '@/api/types';

/** The organisation's settings. */
export const organisationQuery = queryOptions({
  queryKey: ['organisation'],
  queryFn: async () => (await http.GET('/api/v1/crm/organisation/')).data as Organisation,
});

/** Changes what is given; what everybody knows of the organisation is asked anew. */
export function useChangeOrganisation() {
  const client = useQueryClient();
  return useMutation({
    // The example follows from the pattern; it is only told.
    mutationFn: async ({ customer_code_example: _, ...body }: Partial<Organisation>) =>
      (await http.PATCH('/api/v1/crm/organisation/', { body })).data as Organisation,
    onSuccess: (organisation) => {
      client.setQueryData(organisationQuery.queryKey, organisation);
      return client.invalidateQueries({ queryKey: keys.me });
    },
  });
}

/** What would be deleted of the audit today if it were kept for so many months. */
export function auditRetentionQuery(months: number) {
  return queryOptions({
    queryKey: ['audit-retention', months],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/audit/retention/', { params: { query: { months } }, signal })).data,
  });
}
