import { createFileRoute } from '@tanstack/react-router';
import { recordFieldsQuery } from '@/api/record-fields';
import { CommunicationsPage } from '@/features/communications/pages/CommunicationsPage';

export const Route = createFileRoute('/_app/communications/')({
  validateSearch: (search: Record<string, unknown>): Record<string, string> =>
    Object.fromEntries(Object.entries(search).map(([name, value]) => [name, String(value)])),
  loader: ({ context: { queryClient } }) => queryClient.ensureQueryData(recordFieldsQuery('communications')),
  component: Communications,
});

function Communications() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return <CommunicationsPage params={params} onParams={(next, replace) => navigate({ search: () => next, replace })} />;
}
