import { createFileRoute, redirect } from '@tanstack/react-router';

/** Where the page used to be; links to it are about. */
export const Route = createFileRoute('/_app/security')({
  beforeLoad: () => {
    throw redirect({ to: '/settings/security', replace: true });
  },
});
