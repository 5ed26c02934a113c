import { useTranslation } from 'react-i18next';
import type { ImportCounts } from '@/api/types';
import { formatCount } from '@/lib/money';
import classes from '../pages/ImportPage.module.css';

/** What became of the rows of a file, or would become. */
export function Counts({ counts }: { counts: ImportCounts }) {
  const { t, i18n } = useTranslation();
  return (
    <dl className={classes.counts}>
      {(['created', 'updated', 'unchanged', 'duplicate', 'likely_duplicate', 'wrong'] as const).map((name) => (
        <div key={name} data-bad={(name === 'wrong' && (counts.wrong ?? 0) > 0) || undefined}>
          <dt>{t(`imports.count.${name}`)}</dt>
          <dd>{formatCount(counts[name] ?? 0, i18n.language)}</dd>
        </div>
      ))}
    </dl>
  );
}
