import { createFileRoute } from '@tanstack/react-router';
import { CustomFieldsPage } from '@/features/customers/pages/CustomFieldsPage';

export const Route = createFileRoute('/_app/settings/custom-fields')({ component: CustomFieldsPage });
