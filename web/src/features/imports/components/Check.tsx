import { Alert, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ImportJob } from '@/api/types';
import { formatCount } from '@/lib/money';
import { useErrorText } from '@/ui/error-text';
import classes from '../pages/ImportPage.module.css';
import { likelyDuplicatesQuery, useDryRun, useRun } from '../queries';
import { Counts } from './Counts';
import { WrongRows } from './WrongRows';

/** What an import would do, which rows are wrong, and the last step before it is done. */
export function Check({ job, onStarted }: { job: ImportJob; onStarted: () => void }) {
  const { t, i18n } = useTranslation();
  const textOf = useErrorText();
  const dryRun = useDryRun(job.id);
  const run = useRun(job.id);
  const isChecking = job.state === 'checking' || dryRun.isPending;
  const error = dryRun.error ?? run.error;

  return (
    <>
      <h2 className={classes.heading} aria-live="polite">
        {t(isChecking ? 'imports.checking' : job.checked ? 'imports.checked' : 'imports.unchecked')}
      </h2>
      {job.problem && (
        <Alert color="red" role="alert">
          {job.problem}
        </Alert>
      )}
      {job.checked && <Counts counts={job.checked} />}
      {error && (
        <Alert color="red" variant="light" role="alert" mt="md">
          {textOf(error)}
        </Alert>
      )}
      <div className={classes.actions}>
        <Button variant="default" loading={isChecking} onClick={() => dryRun.mutate(undefined)}>
          {t(job.checked ? 'imports.again' : 'imports.dry_run')}
        </Button>
        <Button
          loading={run.isPending}
          disabled={isChecking}
          onClick={() => run.mutate('start', { onSuccess: onStarted })}
        >
          {t('imports.start')}
        </Button>
        {(job.checked?.wrong ?? 0) > 0 && (
          <Button component="a" variant="default" href={`/api/v1/crm/imports/${job.id}/errors/`} download>
            {t('imports.wrong_rows')}
          </Button>
        )}
      </div>
      <p className={classes.note}>{t('imports.note')}</p>
      {(job.checked?.likely_duplicate ?? 0) > 0 && <LikelyDuplicates job={job} />}
      {(job.checked?.wrong ?? 0) > 0 && (
        <WrongRows job={job} number={formatCount(job.checked?.wrong ?? 0, i18n.language)} />
      )}
    </>
  );
}

function LikelyDuplicates({ job }: { job: ImportJob }) {
  const { t } = useTranslation();
  const { data: rows = [] } = useQuery(likelyDuplicatesQuery(job.id));
  return (
    <section aria-labelledby="likely">
      <h2 id="likely" className={classes.heading}>
        {t('imports.likely_rows')}
      </h2>
      <ul className={classes.likely}>
        {rows.slice(0, 50).map((row) => (
          <li key={row.row_number}>
            {t('imports.row', { number: row.row_number })}: {row.cells.filter(Boolean).slice(0, 3).join(' · ')} →{' '}
            {row.customer_id != null ? (
              <a href={`/customers/${row.customer_id}`} target="_blank" rel="noreferrer">
                {row.customer_name}
              </a>
            ) : row.other_row_number != null ? (
              t('imports.row', { number: row.other_row_number })
            ) : (
              t('imports.unseen')
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
