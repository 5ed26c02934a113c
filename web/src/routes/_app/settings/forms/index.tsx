import { createFileRoute } from '@tanstack/react-router';
import { FormsPage, type FormsParams } from '@/features/forms/pages/FormsPage';

export const Route = createFileRoute('/_app/settings/forms/')({
  validateSearch: ({ archived, open }: Record<string, unknown>): FormsParams => ({
    archived: String(archived) === 'true' ? 'true' : undefined,
    open: open === 'new' ? 'new' : undefined,
  }),
  component: Forms,
});

function Forms() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <FormsPage
      params={params}
      onParams={(search) => navigate({ search })}
      onMade={({ id }) => navigate({ to: '/settings/forms/$formId', params: { formId: id } })}
    />
  );
}
