import { createFileRoute } from '@tanstack/react-router';
import { TokensPage } from '@/features/identity/pages/TokensPage';

export const Route = createFileRoute('/_app/settings/tokens')({
  validateSearch: (search: Record<string, unknown>): { new?: string } => (search.new ? { new: '1' } : {}),
  component: Tokens,
});

function Tokens() {
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <TokensPage isNew={search.new !== undefined} onNew={(isNew) => navigate({ search: isNew ? { new: '1' } : {} })} />
  );
}
