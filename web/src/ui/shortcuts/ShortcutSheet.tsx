import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useShortcuts } from './registry';

const SheetDialog = lazy(() => import('./SheetDialog'));

/** `?` shows everything the keyboard does on the screen as it is now. Once in the frame of the application is enough. */
export function ShortcutSheet() {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure();
  useShortcuts(t('common.shortcuts.general'), [{ keys: '?', label: t('common.shortcuts.show'), run: open }]);
  return <Suspense>{opened && <SheetDialog onClose={close} />}</Suspense>;
}
