import { createFileRoute, useNavigate, useRouterState } from '@tanstack/react-router';
import { speak } from '@/app/i18n';
import { SignInPage, type SignInProblem } from '@/features/identity/pages/SignInPage';
import { localPath } from '@/lib/local-path';

const problems: unknown[] = ['attempt', 'provider', 'account'] satisfies SignInProblem[];

export const Route = createFileRoute('/sign-in')({
  // Present even when empty: what is left out here would keep the value it has in the address.
  validateSearch: (search: Record<string, unknown>): { next?: string; problem?: SignInProblem } => ({
    next: localPath(search.next),
    problem: problems.includes(search.problem) ? (search.problem as SignInProblem) : undefined,
  }),
  component: SignIn,
});

function SignIn() {
  const { next, problem } = Route.useSearch();
  const navigate = useNavigate();
  const hash = useRouterState({ select: (state) => state.location.hash });
  return (
    <SignInPage
      next={next}
      problem={problem}
      halfway={hash.startsWith('challenge=') ? hash.slice('challenge='.length) : undefined}
      onLanguage={speak}
      onDone={() => navigate({ href: next ?? '/customers' })}
    />
  );
}
