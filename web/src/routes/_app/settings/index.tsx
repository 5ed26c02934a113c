import { createFileRoute, redirect } from '@tanstack/react-router';
import { meQuery } from '@/api/session';
import { settingsFor } from '@/app/settings-places';

export const Route = createFileRoute('/_app/settings/')({
  beforeLoad: async ({ context }) => {
    const me = await context.queryClient.ensureQueryData(meQuery);
    throw redirect({ to: settingsFor(me)[0]?.places[0]?.to ?? '/settings/profile' });
  },
});
