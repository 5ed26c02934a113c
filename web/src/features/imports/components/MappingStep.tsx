import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ImportJob } from '@/api/types';
import { Refusal } from '@/ui/form/FormDrawer';
import { PagePart } from '@/ui/page/Page';
import classes from '../pages/ImportPage.module.css';
import { useChange, useDryRun } from '../queries';
import type { Step } from '../steps';
import { Columns } from './Columns';
import { Rules } from './Rules';
import { SavedMappings } from './SavedMappings';

/** Which column is what, and what becomes of records that are known already. */
export function MappingStep({ job, onGo }: { job: ImportJob; onGo: (step: Step) => void }) {
  const { t } = useTranslation();
  const change = useChange(job.id);
  const dryRun = useDryRun(job.id);
  // The stream may tell of the check before it is answered, and this step is left then: the callback of a `mutate` would go with it.
  const check = () =>
    dryRun.mutateAsync().then(
      () => onGo('check'),
      () => {},
    );

  return (
    <>
      <PagePart
        id="import-mapping"
        title={t('imports.mapping')}
        lead={<ReadAs job={job} />}
        actions={<SavedMappings job={job} onUse={(saved) => change.mutate(saved)} />}
      >
        <Columns job={job} onMapping={(mapping) => change.mutate({ mapping })} />
      </PagePart>
      <PagePart id="import-rules" title={t('imports.rules.title')}>
        <Rules entity={job.entity} options={job.options} onOptions={(options) => change.mutate({ options })} />
      </PagePart>
      <Refusal error={change.error ?? dryRun.error} fields={[]} />
      <div className={classes.actions}>
        <Button loading={dryRun.isPending} disabled={change.isPending} onClick={check}>
          {t('imports.dry_run')}
        </Button>
        <span className={classes.note}>{t('imports.dry_run_note')}</span>
      </div>
    </>
  );
}

/** One line on how the file was read, with the way to where that is changed. */
function ReadAs({ job }: { job: ImportJob }) {
  const { t } = useTranslation();
  const format = job.format as { encoding?: string; sheet?: string };
  return (
    <>
      {format.encoding ?? format.sheet} · {t('imports.columns', { count: job.header.length })} ·{' '}
      <Link to="/import" search={{ id: String(job.id), step: 'file' }} className={classes.link}>
        {t('imports.read_otherwise')}
      </Link>
    </>
  );
}
