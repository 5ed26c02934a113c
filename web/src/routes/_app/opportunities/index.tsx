import { createFileRoute } from '@tanstack/react-router';
import { pipelinesQuery } from '@/api/pipelines';
import { recordFieldsQuery } from '@/api/record-fields';
import { BoardPage } from '@/features/opportunities/pages/BoardPage';

export const Route = createFileRoute('/_app/opportunities/')({
  validateSearch: (search: Record<string, unknown>): { pipeline?: number; view?: number; new?: true } => ({
    ...(Number(search.pipeline) > 0 && { pipeline: Number(search.pipeline) }),
    ...(Number(search.view) > 0 && { view: Number(search.view) }),
    ...((search.new === true || search.new === 'true') && { new: true }),
  }),
  loader: ({ context: { queryClient } }) =>
    Promise.all([
      queryClient.ensureQueryData(pipelinesQuery),
      queryClient.ensureQueryData(recordFieldsQuery('opportunities')),
    ]),
  component: Board,
});

function Board() {
  const { pipeline, view, new: isNew } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <BoardPage
      pipeline={pipeline}
      view={view}
      isNew={isNew}
      onPipeline={(id) => navigate({ search: { pipeline: id, view } })}
      onView={(id) => navigate({ search: { pipeline, view: id } })}
      onNew={(next) => navigate({ search: { pipeline, view, ...(next && { new: true }) }, replace: !next })}
    />
  );
}
