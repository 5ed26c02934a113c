import { createFileRoute } from '@tanstack/react-router';
import { QualificationPage } from '@/features/scoring/pages/QualificationPage';

export const Route = createFileRoute('/_app/settings/lead-qualification')({ component: QualificationPage });
