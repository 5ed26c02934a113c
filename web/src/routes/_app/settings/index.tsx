import { createFileRoute, redirect } from '@tanstack/react-router';
import { meQuery } from '@/api/session';

export const Route = createFileRoute('/_app/settings/')({
  beforeLoad: async ({ context }) => {
    // Fetched when somebody comes here: what is imported above is part of the first load.
    const { settingsFor } = await import('@/app/settings-places');
    const me = await context.queryClient.ensureQueryData(meQuery);
    throw redirect({ to: settingsFor(me)[0]?.places[0]?.to ?? '/settings/profile' });
  },
});
