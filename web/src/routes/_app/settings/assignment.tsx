import { createFileRoute } from '@tanstack/react-router';
import { recordFieldsQuery } from '@/api/record-fields';
import { AssignmentPage } from '@/features/assignment/pages/AssignmentPage';
import { type AssignmentParams, tabs } from '@/features/assignment/params';

export const Route = createFileRoute('/_app/settings/assignment')({
  validateSearch: ({ tab, rule, person }: Record<string, unknown>): AssignmentParams => ({
    tab: tabs.find((one) => one === tab),
    rule: rule === undefined ? undefined : String(rule),
    person: person === undefined ? undefined : String(person),
  }),
  loader: ({ context }) => context.queryClient.ensureQueryData(recordFieldsQuery('leads')),
  component: Assignment,
});

function Assignment() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return <AssignmentPage params={params} onParams={(search) => navigate({ search })} />;
}
