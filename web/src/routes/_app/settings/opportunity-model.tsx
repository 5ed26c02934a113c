import { createFileRoute } from '@tanstack/react-router';
import { OpportunityModelPage } from '@/features/scoring/pages/OpportunityModelPage';

export const Route = createFileRoute('/_app/settings/opportunity-model')({
  validateSearch: ({ version }: Record<string, unknown>): { version?: string } => ({
    version: version === undefined ? undefined : String(version),
  }),
  component: OpportunityModel,
});

function OpportunityModel() {
  const { version } = Route.useSearch();
  const navigate = Route.useNavigate();
  return <OpportunityModelPage version={version} onVersion={(version) => navigate({ search: { version } })} />;
}
