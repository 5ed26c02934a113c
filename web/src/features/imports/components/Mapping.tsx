import { Alert, Button, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
import type { ImportJob } from '@/api/types';
import { useErrorText } from '@/ui/error-text';
import { foldedOptions } from '@/ui/folded-options';
import classes from '../pages/ImportPage.module.css';
import { previewQuery, useDryRun, useMapping, useRun } from '../queries';
import { Counts } from './Counts';

/** Which column goes to which field; then try it, then run it. */
export function Mapping({ job }: { job: ImportJob }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { list: fields } = useCustomerFields();
  const { data: preview } = useQuery(previewQuery(job.id));
  const mapping = useMapping(job.id);
  const dryRun = useDryRun(job.id);
  const run = useRun(job.id);
  const error = mapping.error ?? dryRun.error ?? run.error;
  const targets = fields.filter((field) => field.is_importable).map(({ name, label }) => ({ value: name, label }));

  const map = (column: string, field: string | null) => {
    dryRun.reset();
    mapping.mutate({ ...job.mapping, [column]: field });
  };
  const samplesOf = (index: number) =>
    preview?.rows
      .map((row) => row[index])
      .filter(Boolean)
      .slice(0, 3)
      .join(' · ');

  return (
    <>
      <h2 className={classes.heading}>{t('imports.mapping')}</h2>
      <div className={classes.scroll}>
        <table className={classes.mapping}>
          <thead>
            <tr>
              <th scope="col">{t('imports.column')}</th>
              <th scope="col">{t('imports.samples')}</th>
              <th scope="col">{t('imports.field')}</th>
            </tr>
          </thead>
          <tbody>
            {job.header.map((column, index) => (
              <tr key={column}>
                <td>{column}</td>
                <td className={classes.sample}>{samplesOf(index)}</td>
                <td className={classes.field}>
                  <Select
                    size="xs"
                    aria-label={t('imports.field_of', { name: column })}
                    placeholder={t('imports.leave_out')}
                    data={targets}
                    value={job.mapping[column] ?? null}
                    onChange={(field) => map(column, field)}
                    searchable
                    clearable
                    clearButtonProps={{ 'aria-label': t('common.clear') }}
                    filter={foldedOptions}
                    nothingFoundMessage={t('common.nothing_found')}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {error && (
        <Alert color="red" role="alert" mt="md">
          {textOf(error)}
        </Alert>
      )}
      {dryRun.data && <Counts counts={dryRun.data} />}
      <div className={classes.actions}>
        <Button variant="default" loading={dryRun.isPending} onClick={() => dryRun.mutate(undefined)}>
          {t('imports.dry_run')}
        </Button>
        <Button loading={run.isPending} disabled={mapping.isPending} onClick={() => run.mutate('start')}>
          {t('imports.start')}
        </Button>
      </div>
      <p className={classes.note}>{t('imports.note')}</p>
    </>
  );
}
