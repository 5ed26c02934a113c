import { useTranslation } from 'react-i18next';
import type { ImportJob } from '@/api/types';
import { formatCount } from '@/lib/money';
import classes from '../pages/ImportPage.module.css';

/** What an import did, or would do. */
export function Counts({ counts }: { counts: Pick<ImportJob, 'created' | 'updated' | 'skipped' | 'failed'> }) {
  const { t, i18n } = useTranslation();
  return (
    <dl className={classes.counts}>
      {(['created', 'updated', 'skipped', 'failed'] as const).map((name) => (
        <div key={name} data-bad={(name === 'failed' && counts.failed > 0) || undefined}>
          <dt>{t(`imports.count.${name}`)}</dt>
          <dd>{formatCount(counts[name], i18n.language)}</dd>
        </div>
      ))}
    </dl>
  );
}
