import { createFileRoute } from '@tanstack/react-router';
import { readFigureParams, windowQuery } from '@/features/opportunities/figures';
import { ForecastPage } from '@/features/opportunities/pages/ForecastPage';
import { opportunityFieldsQuery, pipelinesQuery } from '@/features/opportunities/queries';

export const Route = createFileRoute('/_app/forecast')({
  validateSearch: readFigureParams,
  loader: ({ context: { queryClient } }) =>
    Promise.all([
      queryClient.ensureQueryData(windowQuery),
      queryClient.ensureQueryData(pipelinesQuery),
      queryClient.ensureQueryData(opportunityFieldsQuery),
    ]),
  component: Forecast,
});

function Forecast() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return <ForecastPage params={params} onParams={(search) => navigate({ search, resetScroll: false })} />;
}
