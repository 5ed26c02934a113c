import { createFileRoute, useNavigate } from '@tanstack/react-router';
import { speak } from '@/app/i18n';
import { SetUpPage } from '@/features/identity/pages/SetUpPage';

export const Route = createFileRoute('/setup')({
  validateSearch: (search: Record<string, unknown>) => ({ token: String(search.token ?? '') }),
  component: SetUp,
});

function SetUp() {
  const { token } = Route.useSearch();
  const navigate = useNavigate();
  return <SetUpPage token={token} onLanguage={speak} onDone={() => navigate({ to: '/customers' })} />;
}
