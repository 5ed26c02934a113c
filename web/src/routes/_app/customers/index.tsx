import { createFileRoute } from '@tanstack/react-router';
import { customerFieldsQuery } from '@/api/customer-fields';
import { CustomersPage } from '@/features/customers/pages/CustomersPage';
import { askedForAll, listQuery } from '@/ui/record-list/list-queries';
import { tabsQuery } from '@/ui/record-list/view-tabs';

export const Route = createFileRoute('/_app/customers/')({
  validateSearch: (search: Record<string, unknown>): Record<string, string> =>
    Object.fromEntries(Object.entries(search).map(([name, value]) => [name, String(value)])),
  loader: ({ context: { queryClient }, location }) => {
    const tabs = queryClient.fetchQuery(tabsQuery('customers')).catch(() => undefined);
    // Who comes without a wish and begins with no view is shown everything: that need not wait for the page.
    if (Object.keys(location.search).length === 0) {
      tabs
        .then((kept) =>
          kept?.default_id ? undefined : queryClient.ensureInfiniteQueryData(listQuery('customers', askedForAll)),
        )
        // The page asks again, and says what is wrong.
        .catch(() => undefined);
    }
    return queryClient.ensureQueryData(customerFieldsQuery);
  },
  component: Customers,
});

function Customers() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return <CustomersPage params={params} onParams={(next, replace) => navigate({ search: () => next, replace })} />;
}
