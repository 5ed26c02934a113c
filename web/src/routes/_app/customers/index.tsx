import { createFileRoute } from '@tanstack/react-router';
import { customerFieldsQuery } from '@/api/customer-fields';
import { CustomersPage } from '@/features/customers/pages/CustomersPage';
import { tabsQuery } from '@/features/customers/view-tabs';

export const Route = createFileRoute('/_app/customers/')({
  validateSearch: (search: Record<string, unknown>): Record<string, string> =>
    Object.fromEntries(Object.entries(search).map(([name, value]) => [name, String(value)])),
  loader: ({ context: { queryClient } }) => {
    queryClient.prefetchQuery(tabsQuery);
    return queryClient.ensureQueryData(customerFieldsQuery);
  },
  component: Customers,
});

function Customers() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return <CustomersPage params={params} onParams={(next, replace) => navigate({ search: () => next, replace })} />;
}
