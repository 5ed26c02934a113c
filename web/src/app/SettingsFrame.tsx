import { Select } from '@mantine/core';
import { Link, useNavigate, useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import classes from './SettingsFrame.module.css';
import { settingsFor } from './settings-places';

/** The settings: their own navigation beside the page; on a phone a choice above it. */
export function SettingsFrame({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const groups = settingsFor(me);
  const current = groups.flatMap(({ places }) => places).find(({ to }) => path === to || path.startsWith(`${to}/`));

  return (
    <div className={classes.frame}>
      <nav className={classes.nav} aria-label={t('common.settings.title')}>
        {groups.map((group) => (
          <section key={group.id} aria-labelledby={`settings-${group.id}`}>
            <h2 id={`settings-${group.id}`} className={classes.group}>
              {t(group.label)}
            </h2>
            {group.places.map((place) => (
              <Link
                key={place.to}
                to={place.to}
                className={classes.place}
                aria-current={place === current ? 'page' : undefined}
              >
                <place.icon size={16} stroke={1.7} aria-hidden />
                {t(place.label)}
              </Link>
            ))}
          </section>
        ))}
      </nav>
      <div className={classes.choice}>
        <Select
          aria-label={t('common.settings.choose')}
          value={current?.to ?? null}
          onChange={(to) => to && navigate({ to })}
          allowDeselect={false}
          data={groups.map((group) => ({
            group: t(group.label),
            items: group.places.map(({ to, label }) => ({ value: to, label: t(label) })),
          }))}
          maxDropdownHeight={420}
        />
      </div>
      <div className={classes.page}>{children}</div>
    </div>
  );
}
