import { createFileRoute } from '@tanstack/react-router';
import type { FieldEntity } from '@/features/customers/custom-fields';
import { CustomFieldsPage } from '@/features/customers/pages/CustomFieldsPage';

export const Route = createFileRoute('/_app/settings/custom-fields')({
  validateSearch: ({ entity }: Record<string, unknown>): { entity?: Exclude<FieldEntity, 'customer'> } =>
    entity === 'lead' || entity === 'opportunity' ? { entity } : {},
  component: CustomFields,
});

function CustomFields() {
  const { entity = 'customer' } = Route.useSearch();
  return <CustomFieldsPage key={entity} entity={entity} />;
}
