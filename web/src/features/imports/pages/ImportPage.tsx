import { Alert, Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { entityOf, importedKinds, kindOf, type RecordKind } from '@/api/records';
import { may, useMe } from '@/api/session';
import { ErrorState } from '@/ui/ErrorState';
import { Refusal } from '@/ui/form/FormDrawer';
import { Page } from '@/ui/page/Page';
import { CheckStep } from '../components/CheckStep';
import { DropZone } from '../components/DropZone';
import { EarlierImports } from '../components/EarlierImports';
import { FileStep } from '../components/FileStep';
import { MappingStep } from '../components/MappingStep';
import { RunStep } from '../components/RunStep';
import { StepBody } from '../components/StepBody';
import { Steps } from '../components/Steps';
import { importQuery, useUpload } from '../queries';
import { type Step, stepOf } from '../steps';
import classes from './ImportPage.module.css';

/**
 * From a file to records: what they are, the file, which column is what, a check that writes nothing, the run and its undoing. Import and step are in
 * the address bar, so that one can leave and come back; without an import there is a place for a new file, and the earlier ones.
 */
export function ImportPage({
  kind,
  id,
  step,
  onKind,
  onGo,
}: {
  /** What a new file holds. */
  kind: RecordKind | undefined;
  onKind: (kind: RecordKind) => void;
  id: number | undefined;
  step: Step | undefined;
  onGo: (id: number, step: Step) => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const kinds = importedKinds.filter((one) => may(me, `${entityOf[one]}.import`));
  const chosen = kinds.find((one) => one === kind) ?? kinds[0];
  if (!chosen)
    return (
      <Page title={t('imports.title')}>
        <Alert color="orange">{t('common.error.forbidden')}</Alert>
      </Page>
    );
  return id === undefined ? (
    <Start kinds={kinds} kind={chosen} onKind={onKind} onUpload={(next) => onGo(next, 'mapping')} />
  ) : (
    <Import id={id} step={step} onGo={onGo} />
  );
}

function Start({
  kinds,
  kind,
  onKind,
  onUpload,
}: {
  /** What the user may import. */
  kinds: RecordKind[];
  kind: RecordKind;
  onKind: (kind: RecordKind) => void;
  onUpload: (id: number) => void;
}) {
  const { t } = useTranslation();
  const upload = useUpload(kind);
  return (
    <Page title={t('imports.title')} wide>
      <SegmentedControl
        aria-label={t('imports.kind')}
        data={kinds.map((value) => ({ value, label: t(`common.nav.${value}`) }))}
        value={kind}
        onChange={onKind}
        disabled={upload.isPending}
        className={classes.kinds}
      />
      <Refusal error={upload.error} fields={[]} />
      <DropZone
        isLoading={upload.isPending}
        onFile={(file) => upload.mutate(file, { onSuccess: (job) => onUpload(job.id) })}
      />
      <EarlierImports />
    </Page>
  );
}

function Import({
  id,
  step: asked,
  onGo,
}: {
  id: number;
  step: Step | undefined;
  onGo: (id: number, step: Step) => void;
}) {
  const { t } = useTranslation();
  const { data: job, error, refetch } = useQuery(importQuery(id));
  // An answer that comes after one has left does not pull one back.
  const isHere = useRef(false);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  const another = (
    <Button component={Link} to="/import" variant="subtle">
      {t('imports.another')}
    </Button>
  );
  if (error && !job)
    return (
      <Page title={t('imports.title')} actions={another}>
        <ErrorState error={error} onRetry={() => refetch()} />
      </Page>
    );
  if (!job)
    return (
      <Page title={t('imports.title')} wide>
        <div className={classes.loading} aria-busy />
      </Page>
    );
  const step = stepOf(job, asked);
  const go = (next: Step) => {
    if (isHere.current) onGo(id, next);
  };
  return (
    <Page
      title={t('imports.title')}
      lead={
        <span className={classes.name}>
          {t(`common.nav.${kindOf(job.entity) ?? 'customers'}`)} · {job.file_name}
        </span>
      }
      actions={another}
      wide
    >
      <Steps job={job} step={step} />
      <StepBody step={step}>
        {step === 'file' && <FileStep job={job} onGo={go} />}
        {step === 'mapping' && <MappingStep job={job} onGo={go} />}
        {step === 'check' && <CheckStep job={job} onGo={go} />}
        {step === 'run' && <RunStep job={job} />}
      </StepBody>
    </Page>
  );
}
