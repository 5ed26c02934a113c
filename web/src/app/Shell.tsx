import '@mantine/notifications/styles.layer.css';
import { Burger, Drawer, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { followEvents } from '@/api/live';
import { useMe } from '@/api/session';
import { asColorScheme } from './color-scheme';
import { placesFor } from './nav';
import classes from './Shell.module.css';
import { UserMenu } from './UserMenu';

/** The frame around every page of a signed-in user. */
export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [open, { toggle, close }] = useDisclosure();
  useUserTheme();
  useLiveUpdates();

  return (
    <ModalsProvider>
      <Notifications position="bottom-center" limit={3} autoClose={8000} />
      <div className={classes.frame}>
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
        <Drawer
          opened={open}
          onClose={close}
          size={260}
          title={t('common.nav.title')}
          closeButtonProps={{ 'aria-label': t('common.close') }}
        >
          <div className={classes.drawer}>
            <Places onGo={close} />
            <UserMenu />
          </div>
        </Drawer>
        <main id="main" className={classes.main} tabIndex={-1}>
          {children}
        </main>
      </div>
    </ModalsProvider>
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

function Places({ onGo }: { onGo?: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const places = placesFor(me);
  const current = places
    .filter((place) => path === place.to || path.startsWith(`${place.to}/`))
    .sort((a, b) => b.to.length - a.to.length)[0];

  return (
    <nav className={classes.places} aria-label={t('common.nav.title')}>
      {places.map((place) => (
        <Link
          key={place.to}
          to={place.to}
          className={classes.place}
          activeOptions={{ exact: place !== current }}
          onClick={onGo}
        >
          <place.icon size={17} stroke={1.7} aria-hidden />
          {t(place.label)}
        </Link>
      ))}
    </nav>
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
