import { createFileRoute } from '@tanstack/react-router';
import { TeamsPage } from '@/features/identity/pages/TeamsPage';

export const Route = createFileRoute('/_app/settings/teams')({
  validateSearch: (search: Record<string, unknown>): { team?: string; below?: string } => ({
    team: search.team === undefined ? undefined : String(search.team),
    below: search.below === undefined ? undefined : String(search.below),
  }),
  component: Teams,
});

function Teams() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return <TeamsPage params={params} onParams={(next) => navigate({ search: next })} />;
}
