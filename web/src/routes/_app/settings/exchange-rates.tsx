import { createFileRoute } from '@tanstack/react-router';
import { RatesPage, type RatesParams } from '@/features/products/pages/RatesPage';

export const Route = createFileRoute('/_app/settings/exchange-rates')({
  validateSearch: ({ currency }: Record<string, unknown>): RatesParams =>
    /^[A-Z]{3}$/.test(String(currency)) ? { currency: String(currency) } : {},
  component: Rates,
});

function Rates() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return <RatesPage params={params} onParams={(search) => navigate({ search, replace: true })} />;
}
