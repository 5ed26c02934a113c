import { Alert, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { ImportJob } from '@/api/types';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { Check } from '../components/Check';
import { DropZone } from '../components/DropZone';
import { Earlier } from '../components/Earlier';
import { FileStep } from '../components/FileStep';
import { Mapping } from '../components/Mapping';
import { Progress } from '../components/Progress';
import { importQuery, useUpload } from '../queries';
import { type Step, stepOf, steps } from '../step';
import classes from './ImportPage.module.css';

/** From a file to customers: upload, map, try, run, and undo. Import and step are in the address bar, so that one can come back to them. */
export function ImportPage({
  id,
  step,
  onGo,
}: {
  id: number | undefined;
  step: Step | undefined;
  onGo: (id: number | undefined, step?: Step) => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <div className={classes.page}>
      <h1 className={classes.title}>{t('imports.title')}</h1>
      {!may(me, 'customer.import') ? (
        <Alert color="orange">{t('common.error.forbidden')}</Alert>
      ) : id === undefined ? (
        <Upload onImport={onGo} />
      ) : (
        <Import key={id} id={id} asked={step} onStep={(next) => onGo(id, next)} onAnother={() => onGo(undefined)} />
      )}
    </div>
  );
}

function Upload({ onImport }: { onImport: (id: number) => void }) {
  const textOf = useErrorText();
  const upload = useUpload();
  return (
    <>
      {upload.error && (
        <Alert color="red" role="alert" mb="md">
          {textOf(upload.error)}
        </Alert>
      )}
      <DropZone
        isLoading={upload.isPending}
        onFile={(file) => upload.mutate(file, { onSuccess: (job) => onImport(job.id) })}
      />
      <div className={classes.earlier}>
        <Earlier />
      </div>
    </>
  );
}

function Import({
  id,
  asked,
  onStep,
  onAnother,
}: {
  id: number;
  asked: Step | undefined;
  onStep: (step: Step) => void;
  onAnother: () => void;
}) {
  const { t } = useTranslation();
  const { data: job, error, refetch } = useQuery(importQuery(id));
  if (error && !job) return <ErrorState error={error} onRetry={() => refetch()} />;
  if (!job) return <div className={classes.skeleton} />;
  const step = stepOf(job.state, asked);
  return (
    <>
      <div className={classes.file}>
        <span className={classes.name}>{job.file_name}</span>
        <Button variant="subtle" onClick={onAnother}>
          {t('imports.another')}
        </Button>
      </div>
      <StepBar job={job} step={step} onStep={onStep} />
      {step === 'file' && <FileStep job={job} onNext={() => onStep('mapping')} />}
      {step === 'mapping' && <Mapping job={job} onChecked={() => onStep('check')} />}
      {step === 'check' && <Check job={job} onStarted={() => onStep('run')} />}
      {step === 'run' && <Progress job={job} />}
    </>
  );
}

/** Where one is; the steps before can be gone back to until the import runs. */
function StepBar({ job, step, onStep }: { job: ImportJob; step: Step; onStep: (step: Step) => void }) {
  const { t } = useTranslation();
  return (
    <ol className={classes.steps} aria-label={t('imports.steps.title')}>
      {steps.map((name) => (
        <li key={name}>
          <button
            type="button"
            aria-current={name === step ? 'step' : undefined}
            disabled={name !== step && stepOf(job.state, name) !== name}
            onClick={() => onStep(name)}
          >
            {t(`imports.steps.${name}`)}
          </button>
        </li>
      ))}
    </ol>
  );
}
