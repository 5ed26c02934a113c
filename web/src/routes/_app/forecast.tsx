import { createFileRoute } from '@tanstack/react-router';
import { pipelinesQuery } from '@/api/pipelines';
import { recordFieldsQuery } from '@/api/record-fields';
import { readFigureParams, windowQuery } from '@/features/opportunities/figures';
import { ForecastPage } from '@/features/opportunities/pages/ForecastPage';

export const Route = createFileRoute('/_app/forecast')({
  validateSearch: readFigureParams,
  loader: ({ context: { queryClient } }) =>
    Promise.all([
      queryClient.ensureQueryData(windowQuery),
      queryClient.ensureQueryData(pipelinesQuery),
      queryClient.ensureQueryData(recordFieldsQuery('opportunities')),
    ]),
  component: Forecast,
});

function Forecast() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return <ForecastPage params={params} onParams={(search) => navigate({ search, resetScroll: false })} />;
}
