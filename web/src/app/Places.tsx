import { Link, useRouterState } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import { type Place, placesFor, sections } from './nav';
import classes from './Places.module.css';

/** The main navigation: the places one may go to by sections, the present one marked. */
export function Places({ onGo, narrow = false }: { onGo?: () => void; narrow?: boolean }) {
  const { t } = useTranslation();
  const me = useMe();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const places = placesFor(me);
  const current = places
    .filter(({ to }) => path === to || path.startsWith(`${to}/`))
    .sort((a, b) => b.to.length - a.to.length)[0];

  return (
    <nav className={classes.places} aria-label={t('common.nav.title')} data-narrow={narrow || undefined}>
      {sections.map((section) => {
        const inside = places.filter((place) => place.section === section);
        return (
          inside.length > 0 && (
            <ul key={section} className={classes.section} aria-label={t(`common.nav.sections.${section}`)}>
              {inside.map((place) => (
                <li key={place.to}>
                  <PlaceLink place={place} isCurrent={place === current} narrow={narrow} onGo={onGo} />
                </li>
              ))}
            </ul>
          )
        );
      })}
    </nav>
  );
}

function PlaceLink({
  place,
  isCurrent,
  narrow,
  onGo,
}: {
  place: Place;
  isCurrent: boolean;
  narrow: boolean;
  onGo?: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Link
      to={place.to}
      className={classes.place}
      activeOptions={{ exact: !isCurrent, includeSearch: false }}
      onClick={onGo}
      title={narrow ? t(place.label) : undefined}
      aria-label={narrow ? t(place.label) : undefined}
    >
      <place.icon size={17} stroke={1.7} aria-hidden />
      {!narrow && <span>{t(place.label)}</span>}
    </Link>
  );
}
