import '@mantine/notifications/styles.layer.css';
import { Burger, useMantineColorScheme } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { Notifications } from '@mantine/notifications';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconSearch } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { followEvents } from '@/api/live';
import { useMe } from '@/api/session';
import { useShortcuts } from '@/ui/shortcuts/registry';
import { ShortcutSheet } from '@/ui/shortcuts/ShortcutSheet';
import { ConnectionBanner } from './ConnectionBanner';
import { asColorScheme } from './color-scheme';
import { Places } from './Places';
import classes from './Shell.module.css';
import { useShellShortcuts } from './shell-shortcuts';
import { UserMenu } from './UserMenu';

const NARROW = 'crm.narrow';
const PhoneNav = lazy(() => import('./PhoneNav'));
const Kept = lazy(() => import('./Kept'));
const Palette = lazy(() => import('./palette/Palette'));

/** The frame around every page of a signed-in user. What it may not know itself, a form for a new customer, is handed in. */
export function Shell({ children, onNewCustomer }: { children: ReactNode; onNewCustomer: () => void }) {
  const { t } = useTranslation();
  const [open, { toggle, close }] = useDisclosure();
  const phone = useMediaQuery('(max-width: 48em)');
  const [narrow, setNarrow] = useNarrow();
  const palette = usePalette();
  useUserTheme();
  useLiveUpdates();
  useNewVersions();
  useShellShortcuts({ onNewCustomer });

  return (
    <div className={classes.frame} data-narrow={narrow || undefined}>
      <Notifications position="bottom-center" limit={3} autoClose={8000} />
      <ShortcutSheet />
      <a className="skip-link" href="#main">
        {t('common.skip')}
      </a>
      <aside className={classes.side} aria-label="Context7 CRM">
        <Brand nameless={narrow} />
        <SearchButton narrow={narrow} {...palette.button} />
        <div className={classes.middle}>
          <Places narrow={narrow} />
          <Suspense>{!narrow && <Kept />}</Suspense>
        </div>
        <NarrowButton narrow={narrow} onClick={() => setNarrow(!narrow)} />
        <UserMenu narrow={narrow} />
      </aside>
      <section className={classes.bar} aria-label="Context7 CRM">
        <Brand />
        <SearchButton narrow {...palette.button} />
        <Burger opened={open} onClick={toggle} size="sm" aria-label={t('common.nav.open')} />
      </section>
      <Suspense>{phone && <PhoneNav opened={open} onClose={close} />}</Suspense>
      <Suspense>
        {palette.wanted && <Palette opened={palette.opened} onClose={palette.close} onNewCustomer={onNewCustomer} />}
      </Suspense>
      <div className={classes.content}>
        <ConnectionBanner />
        <main id="main" className={classes.main} tabIndex={-1}>
          {children}
        </main>
      </div>
    </div>
  );
}

/** Loaded with the first intent to use it, and kept from then on. */
function usePalette() {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState(false);
  const [opened, { open, close }] = useDisclosure();
  const show = () => {
    setWanted(true);
    open();
  };
  useShortcuts(t('common.shortcuts.general'), [
    { keys: 'mod+k', label: t('common.palette.title'), run: opened ? close : show, everywhere: true },
  ]);
  return { wanted, opened, close, button: { onIntent: () => setWanted(true), onClick: show } };
}

function SearchButton({ narrow, onIntent, onClick }: { narrow: boolean; onIntent: () => void; onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      className={classes.search}
      aria-label={narrow ? t('common.palette.button') : undefined}
      data-narrow={narrow || undefined}
      onPointerEnter={onIntent}
      onFocus={onIntent}
      onClick={onClick}
    >
      <IconSearch size={narrow ? 17 : 15} stroke={1.7} aria-hidden />
      {!narrow && (
        <>
          <span>{t('common.palette.button')}</span>
          <kbd aria-hidden>{/Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K'}</kbd>
        </>
      )}
    </button>
  );
}

function NarrowButton({ narrow, onClick }: { narrow: boolean; onClick: () => void }) {
  const { t } = useTranslation();
  const Icon = narrow ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  const label = t(narrow ? 'common.nav.expand' : 'common.nav.collapse');
  return (
    <button type="button" className={classes.fold} title={label} aria-label={label} onClick={onClick}>
      <Icon size={17} stroke={1.6} aria-hidden />
    </button>
  );
}

function Brand({ nameless = false }: { nameless?: boolean }) {
  return (
    <div className={classes.brand}>
      <img src="/favicon.svg" alt={nameless ? 'Context7 CRM' : ''} />
      {!nameless && 'Context7 CRM'}
    </div>
  );
}

/** Kept in this browser. */
function useNarrow() {
  const [narrow, setNarrow] = useState(() => localStorage.getItem(NARROW) === 'true');
  const set = (next: boolean) => {
    localStorage.setItem(NARROW, String(next));
    setNarrow(next);
  };
  return [narrow, set] as const;
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

function useNewVersions() {
  useEffect(() => {
    const stop = new AbortController();
    const tell = () => void import('./version-toast').then(({ showNewVersion }) => showNewVersion());
    void import('./service-worker').then(({ watchVersion }) => watchVersion(tell, stop.signal));
    return () => stop.abort();
  }, []);
}
