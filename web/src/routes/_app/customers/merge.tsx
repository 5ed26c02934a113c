import { createFileRoute } from '@tanstack/react-router';
import { customerFieldsQuery } from '@/api/customer-fields';
import { MergePage } from '@/features/customers/pages/MergePage';

export const Route = createFileRoute('/_app/customers/merge')({
  validateSearch: (search: Record<string, unknown>): { ids: string } => ({ ids: String(search.ids ?? '') }),
  loader: ({ context }) => context.queryClient.ensureQueryData(customerFieldsQuery),
  component: Merge,
});

function Merge() {
  const { ids } = Route.useSearch();
  const numbers = [...new Set(ids.split(',').map(Number))].filter((id) => Number.isInteger(id) && id > 0);
  return <MergePage key={ids} ids={numbers} />;
}
