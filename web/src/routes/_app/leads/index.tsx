import { createFileRoute } from '@tanstack/react-router';
import { recordFieldsQuery } from '@/api/record-fields';
import { LeadsPage } from '@/features/leads/pages/LeadsPage';

export const Route = createFileRoute('/_app/leads/')({
  validateSearch: (search: Record<string, unknown>): Record<string, string> =>
    Object.fromEntries(Object.entries(search).map(([name, value]) => [name, String(value)])),
  loader: ({ context: { queryClient } }) => queryClient.ensureQueryData(recordFieldsQuery('leads')),
  component: Leads,
});

function Leads() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return <LeadsPage params={params} onParams={(next, replace) => navigate({ search: () => next, replace })} />;
}
