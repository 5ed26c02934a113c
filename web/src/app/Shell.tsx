import '@mantine/notifications/styles.layer.css';
import { Burger, useMantineColorScheme } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { Notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { followEvents } from '@/api/live';
import { useMe } from '@/api/session';
import { asColorScheme } from './color-scheme';
import { Places } from './Places';
import classes from './Shell.module.css';
import { UserMenu } from './UserMenu';

const PhoneNav = lazy(() => import('./PhoneNav'));

/** The frame around every page of a signed-in user. */
export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [open, { toggle, close }] = useDisclosure();
  const phone = useMediaQuery('(max-width: 48em)');
  useUserTheme();
  useLiveUpdates();

  return (
    <div className={classes.frame}>
      <Notifications position="bottom-center" limit={3} autoClose={8000} />
      <a className="skip-link" href="#main">
        {t('common.skip')}
      </a>
      <aside className={classes.side}>
        <Brand />
        <Places />
        <UserMenu />
      </aside>
      <section className={classes.bar} aria-label="Context7 CRM">
        <Brand />
        <Burger opened={open} onClick={toggle} size="sm" aria-label={t('common.nav.open')} />
      </section>
      <Suspense>{phone && <PhoneNav opened={open} onClose={close} />}</Suspense>
      <main id="main" className={classes.main} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function Brand() {
  return (
    <div className={classes.brand}>
      <img src="/favicon.svg" alt="" />
      Context7 CRM
    </div>
  );
}

function useUserTheme() {
  const { theme } = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const wanted = asColorScheme(theme);
  useEffect(() => {
    if (wanted !== colorScheme) setColorScheme(wanted);
  }, [wanted, colorScheme, setColorScheme]);
}

function useLiveUpdates() {
  const client = useQueryClient();
  useEffect(() => followEvents(client), [client]);
}
