import { createFileRoute } from '@tanstack/react-router';
import { RetentionPage } from '@/features/customers/pages/RetentionPage';

export const Route = createFileRoute('/_app/settings/retention')({ component: RetentionPage });
