import { createFileRoute, notFound } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { customerFieldsQuery } from '@/api/customer-fields';
import { ActivitiesPanel } from '@/features/activities/components/ActivitiesPanel';
import { CommunicationsPanel } from '@/features/communications/components/CommunicationsPanel';
import { CustomerPage } from '@/features/customers/pages/CustomerPage';
import { customerQuery } from '@/features/customers/queries';
import { NewOpportunityButton } from '@/features/opportunities/components/NewOpportunityButton';
import { asRecordTab, type RecordTab } from '@/ui/record-page/tabs';

// Opened seldom, so fetched when asked for.
const NewOpportunityDrawer = lazy(() => import('@/features/opportunities/components/NewOpportunityDrawer'));

export const Route = createFileRoute('/_app/customers/$customerId')({
  params: {
    parse: ({ customerId }) => {
      if (!/^\d+$/.test(customerId)) throw notFound();
      return { customerId: Number(customerId) };
    },
    stringify: ({ customerId }) => ({ customerId: String(customerId) }),
  },
  validateSearch: ({ tab }: Record<string, unknown>): { tab?: RecordTab } => ({ tab: asRecordTab(tab) }),
  loader: ({ context, params }) =>
    Promise.all([
      context.queryClient.ensureQueryData(customerQuery(params.customerId)),
      context.queryClient.ensureQueryData(customerFieldsQuery),
    ]),
  component: Customer,
});

function Customer() {
  const { customerId } = Route.useParams();
  const { tab } = Route.useSearch();
  const navigate = Route.useNavigate();
  const [isSelling, setSelling] = useState(false);
  return (
    <>
      <CustomerPage
        key={customerId}
        id={customerId}
        tab={tab}
        onTab={(next) => navigate({ search: next === 'facts' ? {} : { tab: next }, replace: true })}
        actions={<NewOpportunityButton onClick={() => setSelling(true)} />}
        aside={(name) => (
          <>
            <ActivitiesPanel tie={{ customer: customerId }} known={{ value: String(customerId), label: name }} />
            <CommunicationsPanel tie={{ customer: customerId }} known={{ value: String(customerId), label: name }} />
          </>
        )}
      />
      <Suspense>
        {isSelling && <NewOpportunityDrawer customer={customerId} onClose={() => setSelling(false)} />}
      </Suspense>
    </>
  );
}
