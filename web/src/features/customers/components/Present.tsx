import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { PersonBadge } from '@/ui/PersonBadge';
import { hereQuery } from '../record-queries';
import classes from './Present.module.css';

/** Who else has the customer open, and whether they are editing. */
export function Present({ id, isEditing }: { id: number; isEditing: boolean }) {
  const { t } = useTranslation();
  const { data: others = [] } = useQuery({
    ...hereQuery(id, isEditing ? 'editing' : 'viewing'),
    placeholderData: (before) => before,
  });
  return (
    <ul className={classes.others} aria-label={t('customers.here.title')} aria-live="polite">
      {others.map((other) => {
        const said = t(`customers.here.${other.state}`, { name: other.name });
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
