import { createFileRoute } from '@tanstack/react-router';
import { TagsPage } from '@/features/customers/pages/TagsPage';

export const Route = createFileRoute('/_app/settings/tags')({ component: TagsPage });
