import { createFileRoute, Outlet } from '@tanstack/react-router';
import { SettingsFrame } from '@/app/SettingsFrame';

export const Route = createFileRoute('/_app/settings')({
  component: () => (
    <SettingsFrame>
      <Outlet />
    </SettingsFrame>
  ),
});
