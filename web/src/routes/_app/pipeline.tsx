import { createFileRoute } from '@tanstack/react-router';
import { readFigureParams, windowQuery } from '@/features/opportunities/figures';
import { PipelinePage } from '@/features/opportunities/pages/PipelinePage';
import { opportunityFieldsQuery, pipelinesQuery } from '@/features/opportunities/queries';

export const Route = createFileRoute('/_app/pipeline')({
  validateSearch: readFigureParams,
  loader: ({ context: { queryClient } }) =>
    Promise.all([
      queryClient.ensureQueryData(windowQuery),
      queryClient.ensureQueryData(pipelinesQuery),
      queryClient.ensureQueryData(opportunityFieldsQuery),
    ]),
  component: Pipeline,
});

function Pipeline() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return <PipelinePage params={params} onParams={(search) => navigate({ search, resetScroll: false })} />;
}
