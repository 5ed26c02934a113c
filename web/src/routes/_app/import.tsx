import { createFileRoute } from '@tanstack/react-router';
import { kindFrom, type RecordKind } from '@/api/records';
import { ImportPage } from '@/features/imports/pages/ImportPage';
import { asStep, type Step } from '@/features/imports/steps';

export const Route = createFileRoute('/_app/import')({
  validateSearch: (search: Record<string, unknown>): { kind?: RecordKind; id?: string; step?: Step } => ({
    kind: kindFrom(search.kind),
    id: /^\d+$/.test(String(search.id)) ? String(search.id) : undefined,
    step: asStep(search.step),
  }),
  component: Import,
});

function Import() {
  const { kind, id, step } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <ImportPage
      kind={kind}
      id={id === undefined ? undefined : Number(id)}
      step={step}
      onKind={(next) => navigate({ search: { kind: next }, replace: true })}
      onGo={(next, nextStep) => navigate({ search: { id: String(next), step: nextStep } })}
    />
  );
}
