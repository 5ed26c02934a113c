import { createFileRoute, useNavigate } from '@tanstack/react-router';
import { speak } from '@/app/i18n';
import { SignInPage } from '@/features/identity/pages/SignInPage';

export const Route = createFileRoute('/sign-in')({
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search.next === 'string' && /^\/(?!\/)/.test(search.next) ? { next: search.next } : {},
  component: SignIn,
});

function SignIn() {
  const { next } = Route.useSearch();
  const navigate = useNavigate();
  return <SignInPage onLanguage={speak} onDone={() => navigate({ href: next ?? '/customers' })} />;
}
