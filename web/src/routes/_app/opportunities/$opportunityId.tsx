import { createFileRoute, notFound } from '@tanstack/react-router';
import { pipelinesQuery } from '@/api/pipelines';
import { recordFieldsQuery } from '@/api/record-fields';
import { ActivitiesPanel } from '@/features/activities/components/ActivitiesPanel';
import { CommunicationsPanel } from '@/features/communications/components/CommunicationsPanel';
import { OpportunityPage } from '@/features/opportunities/pages/OpportunityPage';
import { opportunityQuery } from '@/features/opportunities/queries';
import { asRecordTab, type RecordTab } from '@/ui/record-page/tabs';

export const Route = createFileRoute('/_app/opportunities/$opportunityId')({
  params: {
    parse: ({ opportunityId }) => {
      if (!/^\d+$/.test(opportunityId)) throw notFound();
      return { opportunityId: Number(opportunityId) };
    },
    stringify: ({ opportunityId }) => ({ opportunityId: String(opportunityId) }),
  },
  validateSearch: ({ tab }: Record<string, unknown>): { tab?: RecordTab } => ({ tab: asRecordTab(tab) }),
  loader: ({ context: { queryClient }, params }) =>
    Promise.all([
      queryClient.ensureQueryData(opportunityQuery(params.opportunityId)),
      queryClient.ensureQueryData(recordFieldsQuery('opportunities')),
      queryClient.ensureQueryData(pipelinesQuery),
    ]),
  component: Opportunity,
});

function Opportunity() {
  const { opportunityId } = Route.useParams();
  const { tab } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <OpportunityPage
      key={opportunityId}
      id={opportunityId}
      aside={
        <>
          <ActivitiesPanel tie={{ opportunity: opportunityId }} />
          <CommunicationsPanel tie={{ opportunity: opportunityId }} />
        </>
      }
      tab={tab}
      onTab={(next) => navigate({ search: next === 'facts' ? {} : { tab: next }, replace: true })}
    />
  );
}
