import { queryOptions } from '@tanstack/react-query';
import { http } from './client';
import type { components } from './schema';

/** The model of opportunities that is in force, and the newest training. */
export const opportunityModelQuery = queryOptions({
  queryKey: ['opportunity-model'],
  queryFn: async ({ signal }) =>
    (await http.GET('/api/v1/crm/opportunities/scoring/', { signal }))
      .data as components['schemas']['OpportunityScoring'],
});
