import { createFileRoute } from '@tanstack/react-router';
import { UsersPage } from '@/features/identity/pages/UsersPage';

export const Route = createFileRoute('/_app/settings/users')({
  validateSearch: (search: Record<string, unknown>): Record<string, string> =>
    Object.fromEntries(Object.entries(search).map(([name, value]) => [name, String(value)])),
  component: Users,
});

function Users() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return <UsersPage params={params} onParams={(next, replace) => navigate({ search: () => next, replace })} />;
}
