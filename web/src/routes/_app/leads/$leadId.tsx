import { createFileRoute, notFound } from '@tanstack/react-router';
import { recordFieldsQuery } from '@/api/record-fields';
import { ActivitiesPanel } from '@/features/activities/components/ActivitiesPanel';
import { CommunicationsPanel } from '@/features/communications/components/CommunicationsPanel';
import { LeadPage } from '@/features/leads/pages/LeadPage';
import { leadQuery } from '@/features/leads/queries';
import { asRecordTab, type RecordTab } from '@/ui/record-page/tabs';

export const Route = createFileRoute('/_app/leads/$leadId')({
  params: {
    parse: ({ leadId }) => {
      if (!/^\d+$/.test(leadId)) throw notFound();
      return { leadId: Number(leadId) };
    },
    stringify: ({ leadId }) => ({ leadId: String(leadId) }),
  },
  validateSearch: ({ tab }: Record<string, unknown>): { tab?: RecordTab } => ({ tab: asRecordTab(tab) }),
  loader: ({ context: { queryClient }, params }) =>
    Promise.all([
      queryClient.ensureQueryData(leadQuery(params.leadId)),
      queryClient.ensureQueryData(recordFieldsQuery('leads')),
    ]),
  component: Lead,
});

function Lead() {
  const { leadId } = Route.useParams();
  const { tab } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <LeadPage
      key={leadId}
      id={leadId}
      aside={
        <>
          <ActivitiesPanel tie={{ lead: leadId }} />
          <CommunicationsPanel tie={{ lead: leadId }} />
        </>
      }
      tab={tab}
      onTab={(next) => navigate({ search: next === 'facts' ? {} : { tab: next }, replace: true })}
    />
  );
}
