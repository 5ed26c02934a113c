import { Alert, Progress as Bar, Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
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
  const pace = usePace(job);
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
          <p className={classes.note}>
            {t('imports.rows', { count: rows, number: formatCount(rows, i18n.language) })}
            {pace && ` · ${t('imports.pace', { number: formatCount(pace.rowsPerS, i18n.language) })}`}
            {pace && ` · ${t('imports.left', { count: pace.leftS, number: formatCount(pace.leftS, i18n.language) })}`}
          </p>
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
        {(isBusy(job) || job.state === 'paused') && (
          <Button variant="default" disabled={run.isPending} onClick={() => run.mutate('cancel')}>
            {t('imports.cancel')}
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
        {(isDone || job.state === 'failed') && job.operation_id != null && (
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

/** Rows a second and seconds left, from what the server told since it was first seen running. */
function usePace(job: ImportJob): { rowsPerS: number; leftS: number } | undefined {
  const first = useRef<ImportJob>(undefined);
  if (job.state !== 'running') first.current = undefined;
  else first.current ??= job;
  const from = first.current;
  if (!from) return undefined;
  const seconds = (Date.parse(job.updated_at) - Date.parse(from.updated_at)) / 1000;
  const bytes = job.read_bytes - from.read_bytes;
  if (seconds <= 0 || bytes <= 0) return undefined;
  const rows = (job.counts.rows ?? 0) - (from.counts.rows ?? 0);
  const left = ((job.total_bytes - job.read_bytes) / bytes) * seconds;
  return { rowsPerS: Math.round(rows / seconds), leftS: Math.max(1, Math.ceil(left)) };
}
