import { createFileRoute, notFound } from '@tanstack/react-router';
import { recordFieldsQuery } from '@/api/record-fields';
import { ActivityPage } from '@/features/activities/pages/ActivityPage';
import { activityQuery, activityTypesQuery } from '@/features/activities/queries';
import { asRecordTab, type RecordTab } from '@/ui/record-page/tabs';

export const Route = createFileRoute('/_app/activities/$activityId')({
  params: {
    parse: ({ activityId }) => {
      if (!/^\d+$/.test(activityId)) throw notFound();
      return { activityId: Number(activityId) };
    },
    stringify: ({ activityId }) => ({ activityId: String(activityId) }),
  },
  validateSearch: ({ tab }: Record<string, unknown>): { tab?: RecordTab } => ({ tab: asRecordTab(tab) }),
  loader: ({ context: { queryClient }, params }) =>
    Promise.all([
      queryClient.ensureQueryData(activityQuery(params.activityId)),
      queryClient.ensureQueryData(recordFieldsQuery('activities')),
      queryClient.ensureQueryData(activityTypesQuery),
    ]),
  component: Activity,
});

function Activity() {
  const { activityId } = Route.useParams();
  const { tab } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <ActivityPage
      key={activityId}
      id={activityId}
      tab={tab}
      onTab={(next) => navigate({ search: next === 'facts' ? {} : { tab: next }, replace: true })}
    />
  );
}
