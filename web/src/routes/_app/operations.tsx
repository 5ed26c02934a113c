import { createFileRoute } from '@tanstack/react-router';
import { type OperationParams, OperationsPage } from '@/features/operations/pages/OperationsPage';

const number = (value: unknown) => (/^\d+$/.test(String(value)) ? String(value) : undefined);
const day = (value: unknown) => (/^\d{4}-\d{2}-\d{2}$/.test(String(value)) ? String(value) : undefined);

export const Route = createFileRoute('/_app/operations')({
  validateSearch: (search: Record<string, unknown>): OperationParams => ({
    mine: search.mine === 'true' ? 'true' : undefined,
    kind: search.kind ? String(search.kind) : undefined,
    actor: number(search.actor),
    from: day(search.from),
    to: day(search.to),
    open: number(search.open),
  }),
  component: Operations,
});

function Operations() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return <OperationsPage params={params} onParams={(next) => navigate({ search: next })} />;
}
