import { createFileRoute } from '@tanstack/react-router';
import { speak } from '@/app/i18n';
import { ProfilePage } from '@/features/identity/pages/ProfilePage';

export const Route = createFileRoute('/_app/settings/profile')({ component: () => <ProfilePage onLanguage={speak} /> });
