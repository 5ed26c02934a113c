import { Alert, Progress as Bar, Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { keys } from '@/api/query';
import type { ImportJob } from '@/api/types';
import { formatCount } from '@/lib/money';
import { useUndo } from '@/ui/toasts';
import classes from '../pages/ImportPage.module.css';
import { isBusy, useRun } from '../queries';
import { Counts } from './Counts';

/** How far an import has come; at its end what it did, which rows were wrong, and the way back. */
export function Progress({ job }: { job: ImportJob }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const run = useRun(job.id);
  const undo = useUndo();
  const rows = job.counts.rows ?? 0;
  const isDone = job.state === 'done';
  const share = job.total_bytes > 0 ? (100 * job.read_bytes) / job.total_bytes : 0;

  useEffect(() => {
    if (isDone) client.invalidateQueries({ queryKey: keys.customers });
  }, [isDone, client]);

  return (
    <>
      <h2 className={classes.heading} aria-live="polite">
        {t(`imports.state.${job.state}`)}
      </h2>
      {!isDone && (
        <>
          <Bar value={share} aria-label={t('imports.progress')} />
          <p className={classes.note}>{t('imports.rows', { count: rows, number: formatCount(rows, i18n.language) })}</p>
        </>
      )}
      {job.problem && (
        <Alert color="red" role="alert" mt="md">
          {job.problem}
        </Alert>
      )}
      <Counts counts={job.counts} />
      <div className={classes.actions}>
        {isBusy(job) && (
          <Button variant="default" loading={run.isPending} onClick={() => run.mutate('pause')}>
            {t('imports.pause')}
          </Button>
        )}
        {job.state === 'paused' && (
          <Button loading={run.isPending} onClick={() => run.mutate('resume')}>
            {t('imports.resume')}
          </Button>
        )}
        {isDone && (
          <Button component={Link} to="/customers">
            {t('imports.to_customers')}
          </Button>
        )}
        {(job.counts.wrong ?? 0) > 0 && (
          <Button component="a" variant="default" href={`/api/v1/crm/imports/${job.id}/errors/`} download>
            {t('imports.wrong_rows')}
          </Button>
        )}
        {isDone && job.operation_id != null && (
          <Button
            variant="default"
            loading={undo.isPending}
            disabled={undo.isSuccess}
            onClick={() => undo.mutate(job.operation_id as number)}
          >
            {t('imports.undo')}
          </Button>
        )}
      </div>
    </>
  );
}
