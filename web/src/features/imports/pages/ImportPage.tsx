import { Alert, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { ImportJob } from '@/api/types';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { DropZone } from '../components/DropZone';
import { Mapping } from '../components/Mapping';
import { Progress } from '../components/Progress';
import { importQuery, useUpload } from '../queries';
import classes from './ImportPage.module.css';

const begun = new Set<ImportJob['state']>(['running', 'paused', 'done', 'failed']);

/** From a file to customers: upload, map, try, run, and undo. The import is in the address bar, so that one can come back to it. */
export function ImportPage({ id, onImport }: { id: number | undefined; onImport: (id: number | undefined) => void }) {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <div className={classes.page}>
      <h1 className={classes.title}>{t('imports.title')}</h1>
      {!may(me, 'customer.import') ? (
        <Alert color="orange">{t('common.error.forbidden')}</Alert>
      ) : id === undefined ? (
        <Upload onImport={onImport} />
      ) : (
        <Import id={id} onAnother={() => onImport(undefined)} />
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
    </>
  );
}

function Import({ id, onAnother }: { id: number; onAnother: () => void }) {
  const { t } = useTranslation();
  const { data: job, error, refetch } = useQuery(importQuery(id));
  if (error && !job) return <ErrorState error={error} onRetry={() => refetch()} />;
  if (!job) return null;
  return (
    <>
      <div className={classes.file}>
        <span className={classes.name}>{job.file_name}</span>
        <Button variant="subtle" onClick={onAnother}>
          {t('imports.another')}
        </Button>
      </div>
      {begun.has(job.state) ? <Progress job={job} /> : <Mapping job={job} />}
    </>
  );
}
