import { createFileRoute } from '@tanstack/react-router';
import { ProductsPage, type ProductsParams } from '@/features/products/pages/ProductsPage';

export const Route = createFileRoute('/_app/settings/products')({
  validateSearch: ({ search, state, product }: Record<string, unknown>): ProductsParams => ({
    search: search ? String(search) : undefined,
    state: state === 'archived' || state === 'all' ? state : undefined,
    product: product === undefined ? undefined : String(product),
  }),
  component: Products,
});

function Products() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return <ProductsPage params={params} onParams={(search, replace) => navigate({ search, replace })} />;
}
