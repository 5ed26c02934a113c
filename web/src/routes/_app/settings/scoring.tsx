import { createFileRoute } from '@tanstack/react-router';
import { recordFieldsQuery } from '@/api/record-fields';
import { ScoringPage } from '@/features/scoring/pages/ScoringPage';
import { type ScoringParams, tabs } from '@/features/scoring/params';

export const Route = createFileRoute('/_app/settings/scoring')({
  validateSearch: ({ tab, rule, version }: Record<string, unknown>): ScoringParams => ({
    tab: tabs.find((one) => one === tab),
    rule: rule === undefined ? undefined : String(rule),
    version: version === undefined ? undefined : String(version),
  }),
  loader: ({ context }) => context.queryClient.ensureQueryData(recordFieldsQuery('leads')),
  component: Scoring,
});

function Scoring() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return <ScoringPage params={params} onParams={(search) => navigate({ search })} />;
}
