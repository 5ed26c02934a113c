import { createFileRoute } from '@tanstack/react-router';
import { BoardPage } from '@/features/opportunities/pages/BoardPage';
import { opportunityFieldsQuery, pipelinesQuery } from '@/features/opportunities/queries';

export const Route = createFileRoute('/_app/opportunities/')({
  validateSearch: (search: Record<string, unknown>): { pipeline?: number; new?: true } => ({
    ...(Number(search.pipeline) > 0 && { pipeline: Number(search.pipeline) }),
    ...((search.new === true || search.new === 'true') && { new: true }),
  }),
  loader: ({ context: { queryClient } }) =>
    Promise.all([queryClient.ensureQueryData(pipelinesQuery), queryClient.ensureQueryData(opportunityFieldsQuery)]),
  component: Board,
});

function Board() {
  const { pipeline, new: isNew } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <BoardPage
      pipeline={pipeline}
      isNew={isNew}
      onPipeline={(id) => navigate({ search: { pipeline: id } })}
      onNew={(next) => navigate({ search: { pipeline, ...(next && { new: true }) }, replace: !next })}
    />
  );
}
