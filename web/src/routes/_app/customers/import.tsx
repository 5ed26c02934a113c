import { createFileRoute } from '@tanstack/react-router';
import { ImportPage } from '@/features/imports/pages/ImportPage';
import { asStep, type Step } from '@/features/imports/steps';

export const Route = createFileRoute('/_app/customers/import')({
  validateSearch: (search: Record<string, unknown>): { id?: string; step?: Step } => ({
    id: /^\d+$/.test(String(search.id)) ? String(search.id) : undefined,
    step: asStep(search.step),
  }),
  component: Import,
});

function Import() {
  const { id, step } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <ImportPage
      id={id === undefined ? undefined : Number(id)}
      step={step}
      onGo={(next, nextStep) => navigate({ search: { id: String(next), step: nextStep } })}
    />
  );
}
