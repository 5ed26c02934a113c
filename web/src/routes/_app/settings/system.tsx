import { createFileRoute } from '@tanstack/react-router';
import { SystemPage } from '@/features/system/pages/SystemPage';

export const Route = createFileRoute('/_app/settings/system')({ component: SystemPage });
