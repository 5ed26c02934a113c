import { useTranslation } from 'react-i18next';
import type { Here } from '@/api/types';
import { PersonBadge } from '../PersonBadge';
import classes from './Present.module.css';

/** Who else has the record open, and whether they are editing. */
export function Present({ others }: { others: Here['others'] }) {
  const { t } = useTranslation();
  return (
    <ul className={classes.others} aria-label={t('common.here.title')} aria-live="polite">
      {others.map((other) => {
        const said = t(`common.here.${other.state}`, { name: other.name });
        return (
          <li
            key={other.id}
            className={classes.other}
            data-editing={other.state === 'editing' || undefined}
            title={said}
          >
            <PersonBadge name={other.name} nameless />
            <span>{said}</span>
          </li>
        );
      })}
    </ul>
  );
}
