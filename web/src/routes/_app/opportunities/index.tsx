import { createFileRoute } from '@tanstack/react-router';
import { BoardPage } from '@/features/opportunities/pages/BoardPage';
import { opportunityFieldsQuery, pipelinesQuery } from '@/features/opportunities/queries';

export const Route = createFileRoute('/_app/opportunities/')({
  validateSearch: ({ pipeline }: Record<string, unknown>): { pipeline?: number } =>
    Number(pipeline) > 0 ? { pipeline: Number(pipeline) } : {},
  loader: ({ context: { queryClient } }) =>
    Promise.all([queryClient.ensureQueryData(pipelinesQuery), queryClient.ensureQueryData(opportunityFieldsQuery)]),
  component: Board,
});

function Board() {
  const { pipeline } = Route.useSearch();
  const navigate = Route.useNavigate();
  return <BoardPage pipeline={pipeline} onPipeline={(id) => navigate({ search: { pipeline: id } })} />;
}
