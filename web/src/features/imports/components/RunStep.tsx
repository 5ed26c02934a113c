import { Alert, Progress as Bar, Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { kindOf } from '@/api/records';
import type { ImportJob } from '@/api/types';
import { formatCount } from '@/lib/money';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { Refusal } from '@/ui/form/FormDrawer';
import { PagePart } from '@/ui/page/Page';
import { useUndo } from '@/ui/toasts';
import classes from '../pages/ImportPage.module.css';
import { importOperationQuery, useRun } from '../queries';
import { usePace } from '../use-pace';
import { Counts } from './Counts';
import { ErrorsFile } from './ErrorsFile';

/** How far an import has come; at its end what it did, which rows were wrong, and the way back. */
export function RunStep({ job }: { job: ImportJob }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const isOver = job.state === 'done' || job.state === 'failed';
  const undone = useUndone(job, isOver);

  useEffect(() => {
    if (isOver) client.invalidateQueries({ queryKey: [kindOf(job.entity)] });
  }, [isOver, client, job.entity]);

  return (
    <PagePart
      id="import-run"
      title={<span aria-live="polite">{t(`imports.state.${undone ? 'undone' : job.state}`)}</span>}
      lead={job.state === 'paused' ? t('imports.paused_text') : undefined}
    >
      {!isOver && <Course job={job} />}
      {job.problem && (
        <Alert color="red" variant="light" role="alert">
          {job.problem}
        </Alert>
      )}
      <Counts counts={job.counts} />
      {isOver ? <Outcome job={job} undone={undone} /> : <Controls job={job} />}
    </PagePart>
  );
}

function useUndone(job: ImportJob, isOver: boolean): boolean {
  const { data } = useQuery({
    ...importOperationQuery(job.operation_id ?? 0),
    enabled: isOver && job.operation_id != null,
  });
  return data?.undone_by_id != null;
}

/** The bar, and how long it will take. */
function Course({ job }: { job: ImportJob }) {
  const { t, i18n } = useTranslation();
  const pace = usePace(job);
  const rows = job.counts.rows ?? 0;
  const share = job.total_bytes > 0 ? (100 * job.read_bytes) / job.total_bytes : 0;
  const seconds = Math.ceil(pace?.secondsLeft ?? 0);
  const count = (number: number) => formatCount(number, i18n.language);
  const left =
    seconds < 60
      ? t('imports.seconds_left', { count: seconds, number: count(seconds) })
      : t('imports.minutes_left', { count: Math.round(seconds / 60), number: count(Math.round(seconds / 60)) });
  return (
    <div>
      <Bar value={share} animated={job.state === 'running'} aria-label={t('imports.progress')} />
      <p className={classes.course}>
        <span>{t('imports.rows', { count: rows, number: count(rows) })}</span>
        {pace && (
          <>
            <span>{t('imports.rows_per_second', { number: count(Math.round(pace.rowsPerSecond)) })}</span>
            <span>{left}</span>
          </>
        )}
      </p>
    </div>
  );
}

function Controls({ job }: { job: ImportJob }) {
  const { t } = useTranslation();
  const run = useRun(job.id);
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Refusal error={run.error} fields={[]} />
      <div className={classes.actions}>
        {job.state === 'running' ? (
          <Button variant="default" loading={run.isPending} onClick={() => run.mutate('pause')}>
            {t('imports.pause')}
          </Button>
        ) : (
          <Button loading={run.isPending} onClick={() => run.mutate('resume')}>
            {t('imports.resume')}
          </Button>
        )}
        <Button variant="subtle" disabled={run.isPending} onClick={() => setAsking(true)}>
          {t('imports.cancel')}
        </Button>
        <span className={classes.note}>{t('imports.leave_note')}</span>
      </div>
      <ConfirmDialog
        opened={asking}
        title={t('imports.cancel_title')}
        text={t('imports.cancel_text')}
        confirm={t('imports.cancel_confirm')}
        onConfirm={() => run.mutate('cancel')}
        onClose={() => setAsking(false)}
      />
    </>
  );
}

/** Where what was imported is seen. */
const lists = {
  customers: '/customers',
  leads: '/leads',
  opportunities: '/opportunities/list',
  activities: '/activities',
  communications: '/communications',
} as const;

function Outcome({ job, undone }: { job: ImportJob; undone: boolean }) {
  const { t } = useTranslation();
  const undo = useUndo();
  const wrote = (job.counts.created ?? 0) + (job.counts.updated ?? 0) > 0;
  const operation = job.operation_id;
  return (
    <div className={classes.actions}>
      <Button component={Link} to={lists[kindOf(job.entity) ?? 'customers']}>
        {t('imports.to_list')}
      </Button>
      {(job.counts.wrong ?? 0) > 0 && <ErrorsFile id={job.id} />}
      {operation != null && wrote && !undone && (
        <Button
          variant="default"
          loading={undo.isPending}
          disabled={undo.isSuccess}
          onClick={() => undo.mutate(operation)}
        >
          {t('imports.undo')}
        </Button>
      )}
    </div>
  );
}
