import { createFileRoute } from '@tanstack/react-router';
import { pipelinesQuery } from '@/api/pipelines';
import { recordFieldsQuery } from '@/api/record-fields';
import { readFigureParams, windowQuery } from '@/features/opportunities/figures';
import { PipelinePage } from '@/features/opportunities/pages/PipelinePage';

export const Route = createFileRoute('/_app/pipeline')({
  validateSearch: readFigureParams,
  loader: ({ context: { queryClient } }) =>
    Promise.all([
      queryClient.ensureQueryData(windowQuery),
      queryClient.ensureQueryData(pipelinesQuery),
      queryClient.ensureQueryData(recordFieldsQuery('opportunities')),
    ]),
  component: Pipeline,
});

function Pipeline() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return <PipelinePage params={params} onParams={(search) => navigate({ search, resetScroll: false })} />;
}
