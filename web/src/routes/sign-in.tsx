import { createFileRoute, useNavigate } from '@tanstack/react-router';
import { speak } from '@/app/i18n';
import { SignInPage } from '@/features/identity/pages/SignInPage';
import { localPath } from '@/lib/local-path';

export const Route = createFileRoute('/sign-in')({
  // Present even when empty: what is left out here would keep the value it has in the address.
  validateSearch: (search: Record<string, unknown>): { next?: string } => ({ next: localPath(search.next) }),
  component: SignIn,
});

function SignIn() {
  const { next } = Route.useSearch();
  const navigate = useNavigate();
  return <SignInPage onLanguage={speak} onDone={() => navigate({ href: next ?? '/customers' })} />;
}
