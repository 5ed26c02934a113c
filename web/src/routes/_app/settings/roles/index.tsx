import { createFileRoute } from '@tanstack/react-router';
import { RolesPage } from '@/features/identity/pages/RolesPage';

export const Route = createFileRoute('/_app/settings/roles/')({ component: RolesPage });
