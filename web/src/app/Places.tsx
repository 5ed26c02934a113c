import { Link, useRouterState } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import { placesFor } from './nav';
import classes from './Shell.module.css';

/** The main navigation: the places one may go to, the present one marked. */
export function Places({ onGo }: { onGo?: () => void }) {
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
