import { createFileRoute } from '@tanstack/react-router';
import { recordFieldsQuery } from '@/api/record-fields';
import { ActivitiesPage } from '@/features/activities/pages/ActivitiesPage';

export const Route = createFileRoute('/_app/activities/')({
  validateSearch: (search: Record<string, unknown>): Record<string, string> =>
    Object.fromEntries(Object.entries(search).map(([name, value]) => [name, String(value)])),
  loader: ({ context: { queryClient } }) => queryClient.ensureQueryData(recordFieldsQuery('activities')),
  component: Activities,
});

function Activities() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return <ActivitiesPage params={params} onParams={(next, replace) => navigate({ search: () => next, replace })} />;
}
