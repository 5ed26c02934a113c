import { createFileRoute, notFound } from '@tanstack/react-router';
import { recordFieldsQuery } from '@/api/record-fields';
import { FormPage } from '@/features/forms/pages/FormPage';
import { formParams } from '@/features/forms/params';
import { LeadLink } from '@/features/leads/components/LeadLink';

export const Route = createFileRoute('/_app/settings/forms/$formId')({
  params: {
    parse: ({ formId }) => {
      if (!/^\d+$/.test(formId)) throw notFound();
      return { formId: Number(formId) };
    },
    stringify: ({ formId }) => ({ formId: String(formId) }),
  },
  validateSearch: formParams,
  loader: ({ context }) => context.queryClient.ensureQueryData(recordFieldsQuery('leads')),
  component: FormOf,
});

function FormOf() {
  const { formId } = Route.useParams();
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <FormPage
      key={formId}
      id={formId}
      params={params}
      onParams={(search, replace) => navigate({ search, replace })}
      leadLink={(id, name) => <LeadLink id={id} name={name} />}
    />
  );
}
