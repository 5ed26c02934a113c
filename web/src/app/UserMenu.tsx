import { Popover } from '@mantine/core';
import { IconSelector } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import { PersonBadge } from '@/ui/PersonBadge';
import classes from './UserMenu.module.css';

const UserMenuPanel = lazy(() => import('./UserMenuPanel'));

/** Who is signed in; language, theme, sign-out. */
export function UserMenu({ narrow = false }: { narrow?: boolean }) {
  const { t } = useTranslation();
  const me = useMe();
  const [wanted, setWanted] = useState(false);
  const want = () => setWanted(true);

  return (
    <Popover position="top-start" width={236} trapFocus returnFocus>
      <Popover.Target>
        <button
          type="button"
          className={classes.user}
          title={t('common.user.menu')}
          onPointerEnter={want}
          onFocus={want}
          onClick={want}
        >
          <PersonBadge name={me.name} nameless />
          {!narrow && (
            <>
              <span className={classes.who}>
                <span>{me.name}</span>
                <small>{me.organisation.name}</small>
              </span>
              <IconSelector size={15} aria-hidden />
            </>
          )}
        </button>
      </Popover.Target>
      <Suspense>{wanted && <UserMenuPanel />}</Suspense>
    </Popover>
  );
}
