import { Alert, Button, Progress } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ImportJob } from '@/api/types';
import { Refusal } from '@/ui/form/FormDrawer';
import { PagePart } from '@/ui/page/Page';
import { isPutRight } from '../corrections';
import classes from '../pages/ImportPage.module.css';
import { correctionsQuery, errorsQuery, likelyDuplicatesQuery, useChange, useDryRun, useRun } from '../queries';
import type { Step } from '../steps';
import { Counts } from './Counts';
import { LikelyDuplicates } from './LikelyDuplicates';
import { WrongRows } from './WrongRows';

/** What an import would do; what is wrong with its rows, to be put right here; and its start. */
export function CheckStep({ job, onGo }: { job: ImportJob; onGo: (step: Step) => void }) {
  const { t } = useTranslation();
  const dryRun = useDryRun(job.id);
  const run = useRun(job.id);
  const isStale = useIsStale(job);
  const start = () =>
    run.mutateAsync('start').then(
      () => onGo('run'),
      () => {},
    );
  const { checked } = job;
  const change = useChange(job.id);
  // What was counted depends on it, so it is counted anew at once.
  const choose = (on_likely_duplicate: ImportJob['options']['on_likely_duplicate']) =>
    change.mutate({ options: { ...job.options, on_likely_duplicate } }, { onSuccess: () => dryRun.mutate(undefined) });

  if (job.state === 'checking') return <Checking job={job} />;
  const tryIt = (
    <Button
      variant={checked && !isStale ? 'default' : 'filled'}
      loading={dryRun.isPending || change.isPending}
      disabled={run.isPending}
      onClick={() => dryRun.mutate(undefined)}
    >
      {t(checked ? 'imports.dry_run_again' : 'imports.dry_run')}
    </Button>
  );
  return (
    <>
      <PagePart
        id="import-check"
        title={t('imports.check.title')}
        lead={t(checked ? 'imports.check.lead' : 'imports.check.not_yet')}
      >
        {checked && <Counts counts={checked} />}
        {checked && isStale && (
          <Alert color="orange" variant="light" role="status" title={t('imports.check.stale')}>
            {t('imports.check.stale_text')}
          </Alert>
        )}
        <Refusal error={change.error ?? dryRun.error ?? run.error} fields={[]} />
        <div className={classes.actions}>
          {tryIt}
          <Button
            variant={checked && !isStale ? 'filled' : 'default'}
            loading={run.isPending}
            disabled={dryRun.isPending}
            onClick={start}
          >
            {t('imports.start')}
          </Button>
          <span className={classes.note}>{t('imports.note')}</span>
        </div>
      </PagePart>
      {(checked?.wrong ?? 0) > 0 && <WrongRows job={job} />}
      {(checked?.likely_duplicate ?? 0) > 0 && (
        <LikelyDuplicates job={job} isBusy={change.isPending || dryRun.isPending} onChoose={choose} />
      )}
    </>
  );
}

/** Was a row put right since it was checked? The counts do not know of it. */
function useIsStale(job: ImportJob): boolean {
  const isChecked = job.state === 'ready';
  const errors = useInfiniteQuery({ ...errorsQuery(job.id), enabled: isChecked && (job.checked?.wrong ?? 0) > 0 });
  const hasLikely = isChecked && (job.checked?.likely_duplicate ?? 0) > 0;
  const { data: likely } = useQuery({ ...likelyDuplicatesQuery(job.id), enabled: hasLikely });
  const { data: corrections } = useQuery({ ...correctionsQuery(job.id), enabled: hasLikely });
  const skipped = new Set(corrections?.filter(({ skip }) => skip).map(({ row_number }) => row_number));
  return (
    errors.data?.pages.some(({ results }) => results.some((row) => isPutRight(row, job.header))) ||
    likely?.some(({ row_number }) => skipped.has(row_number)) ||
    false
  );
}

function Checking({ job }: { job: ImportJob }) {
  const { t } = useTranslation();
  const cancel = useRun(job.id);
  return (
    <PagePart id="import-check" title={t('imports.check.running')} lead={t('imports.check.running_text')}>
      <Progress
        value={job.total_bytes > 0 ? (100 * job.read_bytes) / job.total_bytes : 0}
        animated
        aria-label={t('imports.progress')}
      />
      <Refusal error={cancel.error} fields={[]} />
      <div className={classes.actions}>
        <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate('cancel')}>
          {t('imports.cancel')}
        </Button>
      </div>
    </PagePart>
  );
}
