import { createFileRoute } from '@tanstack/react-router';
import { recordFieldsQuery } from '@/api/record-fields';
import { PipelinesPage, type PipelinesParams } from '@/features/pipelines/pages/PipelinesPage';

export const Route = createFileRoute('/_app/settings/pipelines')({
  validateSearch: (search: Record<string, unknown>): PipelinesParams => ({
    pipeline: search.pipeline === undefined ? undefined : String(search.pipeline),
    stage: search.stage === undefined ? undefined : String(search.stage),
    form: search.form === 'new' || search.form === 'name' ? search.form : undefined,
  }),
  loader: ({ context }) => context.queryClient.ensureQueryData(recordFieldsQuery('opportunities')),
  component: Pipelines,
});

function Pipelines() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return <PipelinesPage params={params} onParams={(search) => navigate({ search })} />;
}
