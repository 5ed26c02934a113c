import { createFileRoute } from '@tanstack/react-router';
import { recordFieldsQuery } from '@/api/record-fields';
import { type CalendarAsked, CalendarPage } from '@/features/activities/calendar/CalendarPage';
import { activityTypesQuery } from '@/features/activities/queries';

const names = ['view', 'date', 'users', 'types'] as const;

export const Route = createFileRoute('/_app/calendar')({
  validateSearch: (search: Record<string, unknown>): CalendarAsked =>
    Object.fromEntries(names.filter((name) => search[name]).map((name) => [name, String(search[name])])),
  loader: ({ context: { queryClient } }) =>
    Promise.all([
      queryClient.ensureQueryData(recordFieldsQuery('activities')),
      queryClient.ensureQueryData(activityTypesQuery),
    ]),
  component: Calendar,
});

function Calendar() {
  const asked = Route.useSearch();
  const navigate = Route.useNavigate();
  return <CalendarPage asked={asked} onAsked={(next) => navigate({ search: () => next, replace: true })} />;
}
