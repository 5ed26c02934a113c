import { createFileRoute, notFound } from '@tanstack/react-router';
import { recordFieldsQuery } from '@/api/record-fields';
import { CommunicationPage } from '@/features/communications/pages/CommunicationPage';
import { communicationQuery } from '@/features/communications/queries';
import { asRecordTab, type RecordTab } from '@/ui/record-page/tabs';

export const Route = createFileRoute('/_app/communications/$communicationId')({
  params: {
    parse: ({ communicationId }) => {
      if (!/^\d+$/.test(communicationId)) throw notFound();
      return { communicationId: Number(communicationId) };
    },
    stringify: ({ communicationId }) => ({ communicationId: String(communicationId) }),
  },
  validateSearch: ({ tab }: Record<string, unknown>): { tab?: RecordTab } => ({ tab: asRecordTab(tab) }),
  loader: ({ context: { queryClient }, params }) =>
    Promise.all([
      queryClient.ensureQueryData(communicationQuery(params.communicationId)),
      queryClient.ensureQueryData(recordFieldsQuery('communications')),
    ]),
  component: Communication,
});

function Communication() {
  const { communicationId } = Route.useParams();
  const { tab } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <CommunicationPage
      key={communicationId}
      id={communicationId}
      tab={tab}
      onTab={(next) => navigate({ search: next === 'facts' ? {} : { tab: next }, replace: true })}
    />
  );
}
