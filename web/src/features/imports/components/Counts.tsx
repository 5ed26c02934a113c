import { useTranslation } from 'react-i18next';
import type { ImportCounts } from '@/api/types';
import { formatCount } from '@/lib/money';
import classes from '../pages/ImportPage.module.css';

const names = ['created', 'updated', 'unchanged', 'duplicate', 'likely_duplicate', 'wrong'] as const;
const warnings: Partial<Record<(typeof names)[number], string>> = { wrong: 'bad', likely_duplicate: 'warn' };

/** What became of the rows of a file, or would become. */
export function Counts({ counts }: { counts: ImportCounts }) {
  const { t, i18n } = useTranslation();
  return (
    <dl className={classes.counts}>
      {names.map((name) => (
        <div key={name} data-tone={(counts[name] ?? 0) > 0 ? warnings[name] : undefined}>
          <dt>{t(`imports.count.${name}`)}</dt>
          <dd>{formatCount(counts[name] ?? 0, i18n.language)}</dd>
        </div>
      ))}
    </dl>
  );
}
