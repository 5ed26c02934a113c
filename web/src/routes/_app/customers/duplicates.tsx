import { createFileRoute } from '@tanstack/react-router';
import { DuplicatesPage } from '@/features/customers/pages/DuplicatesPage';

export const Route = createFileRoute('/_app/customers/duplicates')({
  validateSearch: (search: Record<string, unknown>): { customer?: number } =>
    Number(search.customer) > 0 ? { customer: Number(search.customer) } : {},
  component: Duplicates,
});

function Duplicates() {
  const { customer } = Route.useSearch();
  return <DuplicatesPage customer={customer} />;
}
