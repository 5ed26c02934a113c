import { createFileRoute, useNavigate, useRouterState } from '@tanstack/react-router';
import { speak } from '@/app/i18n';
import { NewPasswordPage } from '@/features/identity/pages/NewPasswordPage';

export const Route = createFileRoute('/new-password')({ component: NewPassword });

function NewPassword() {
  const navigate = useNavigate();
  const token = useRouterState({ select: (state) => state.location.hash });
  return <NewPasswordPage token={token} onLanguage={speak} onDone={() => navigate({ to: '/sign-in', search: {} })} />;
}
