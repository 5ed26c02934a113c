import { createFileRoute, Outlet, redirect } from '@tanstack/react-router';
import { isStatus } from '@/api/error';
import { meQuery } from '@/api/session';
import { speak } from '@/app/i18n';
import { Shell } from '@/app/Shell';
import { asLanguage } from '@/lib/language';

export const Route = createFileRoute('/_app')({
  beforeLoad: async ({ context, location }) => {
    try {
      const me = await context.queryClient.ensureQueryData(meQuery);
      await speak(asLanguage(me.locale));
      if (me.two_factor.is_required && !me.two_factor.is_on && location.pathname !== '/settings/security') {
        throw redirect({ to: '/settings/security' });
      }
    } catch (error) {
      if (!isStatus(error, 401)) throw error;
      throw redirect({ to: '/sign-in', search: location.pathname === '/' ? {} : { next: location.href } });
    }
  },
  component: () => (
    <Shell>
      <Outlet />
    </Shell>
  ),
});
