import { createFileRoute } from '@tanstack/react-router';
import { ImportPage } from '@/features/imports/pages/ImportPage';

export const Route = createFileRoute('/_app/customers/import')({
  validateSearch: (search: Record<string, unknown>): { id?: string } => ({
    id: /^\d+$/.test(String(search.id)) ? String(search.id) : undefined,
  }),
  component: Import,
});

function Import() {
  const { id } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <ImportPage
      id={id === undefined ? undefined : Number(id)}
      onImport={(next) => navigate({ search: next === undefined ? {} : { id: String(next) } })}
    />
  );
}
