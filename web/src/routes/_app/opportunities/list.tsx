import { createFileRoute } from '@tanstack/react-router';
import { pipelinesQuery } from '@/api/pipelines';
import { recordFieldsQuery } from '@/api/record-fields';
import { OpportunitiesPage } from '@/features/opportunities/pages/OpportunitiesPage';

export const Route = createFileRoute('/_app/opportunities/list')({
  validateSearch: (search: Record<string, unknown>): Record<string, string> =>
    Object.fromEntries(Object.entries(search).map(([name, value]) => [name, String(value)])),
  loader: ({ context: { queryClient } }) =>
    Promise.all([
      queryClient.ensureQueryData(pipelinesQuery),
      queryClient.ensureQueryData(recordFieldsQuery('opportunities')),
    ]),
  component: Opportunities,
});

function Opportunities() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return <OpportunitiesPage params={params} onParams={(next, replace) => navigate({ search: () => next, replace })} />;
}
