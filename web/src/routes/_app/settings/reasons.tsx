import { createFileRoute } from '@tanstack/react-router';
import { ReasonsPage } from '@/features/reasons/pages/ReasonsPage';

export const Route = createFileRoute('/_app/settings/reasons')({ component: ReasonsPage });
