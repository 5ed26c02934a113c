import { useTranslation } from 'react-i18next';
import type { Operation } from '@/api/types';
import { formatCount } from '@/lib/money';
import { figuresOf, standingOf } from '../outcome';
import classes from './cells.module.css';

/** What came of an operation, in words. */
export function Outcome({ operation }: { operation: Pick<Operation, 'kind' | 'summary'> }) {
  const { t, i18n } = useTranslation();
  const texts = figuresOf(operation).map(({ key, count }) =>
    t(key, { count, number: formatCount(count, i18n.language) }),
  );
  return <span>{texts.join(', ')}</span>;
}

/** How an operation stands. */
export function Standing({ operation }: { operation: Pick<Operation, 'state' | 'undone_by_id'> }) {
  const { t } = useTranslation();
  const standing = standingOf(operation);
  return (
    <span className={classes.standing} data-standing={standing}>
      {t(`operations.state.${standing}`)}
    </span>
  );
}
