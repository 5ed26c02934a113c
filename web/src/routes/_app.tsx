import { useDisclosure } from '@mantine/hooks';
import { createFileRoute, Outlet, redirect } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { isStatus } from '@/api/error';
import { followEvents } from '@/api/live';
import { lacksTwoFactor, meQuery } from '@/api/session';
import { speak } from '@/app/i18n';
import { Shell } from '@/app/Shell';
import { asLanguage } from '@/lib/language';

export const Route = createFileRoute('/_app')({
  beforeLoad: async ({ context, location }) => {
    try {
      const me = await context.queryClient.ensureQueryData(meQuery);
      await speak(asLanguage(me.locale));
      if (lacksTwoFactor(me) && location.pathname !== '/settings/security') {
        throw redirect({ to: '/settings/security' });
      }
      // The frame ends it. To wait for the frame would mean to read everything twice.
      followEvents(context.queryClient);
    } catch (error) {
      if (!isStatus(error, 401)) throw error;
      throw redirect({ to: '/sign-in', search: location.pathname === '/' ? {} : { next: location.href } });
    }
  },
  component: App,
});

const NewCustomer = lazy(() =>
  import('@/features/customers/components/CreateDrawer').then((module) => ({ default: module.CreateDrawer })),
);

function App() {
  const [wanted, setWanted] = useState(false);
  const [creating, create] = useDisclosure();
  const onNewCustomer = () => {
    setWanted(true);
    create.open();
  };
  return (
    <Shell onNewCustomer={onNewCustomer}>
      <Outlet />
      <Suspense>{wanted && <NewCustomer opened={creating} onClose={create.close} />}</Suspense>
    </Shell>
  );
}
