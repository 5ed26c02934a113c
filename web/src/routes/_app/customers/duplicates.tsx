import { createFileRoute } from '@tanstack/react-router';
import { customerFieldsQuery } from '@/api/customer-fields';
import { DuplicatesPage } from '@/features/customers/pages/DuplicatesPage';

export const Route = createFileRoute('/_app/customers/duplicates')({
  validateSearch: (search: Record<string, unknown>): { customer?: string } => ({
    customer: /^\d+$/.test(String(search.customer)) ? String(search.customer) : undefined,
  }),
  loader: ({ context }) => context.queryClient.ensureQueryData(customerFieldsQuery),
  component: Duplicates,
});

function Duplicates() {
  const { customer } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <DuplicatesPage
      customer={customer === undefined ? undefined : Number(customer)}
      onAll={() => navigate({ search: {} })}
    />
  );
}
