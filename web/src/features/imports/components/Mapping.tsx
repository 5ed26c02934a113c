import { Alert, Button, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ImportJob } from '@/api/types';
import { useErrorText } from '@/ui/error-text';
import { foldedOptions } from '@/ui/folded-options';
import classes from '../pages/ImportPage.module.css';
import { importTargetsQuery, useChange, useDryRun, useRun } from '../queries';
import { Counts } from './Counts';

const matches = ['none', 'customer_code', 'tax_number', 'identity_number', 'primary_email', 'primary_phone'] as const;

/** Which column is what; then try it, then run it. */
export function Mapping({ job }: { job: ImportJob }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const change = useChange(job.id);
  const dryRun = useDryRun(job.id);
  const run = useRun(job.id);
  const error = change.error ?? dryRun.error ?? run.error;
  const isChecking = job.state === 'checking' || dryRun.isPending;

  return (
    <>
      <h2 className={classes.heading}>{t('imports.mapping')}</h2>
      <Columns job={job} onMapping={(mapping) => change.mutate({ mapping })} />
      <Select
        className={classes.match}
        label={t('imports.match_by')}
        data={matches.map((value) => ({ value, label: t(`imports.match.${value}`) }))}
        value={job.options.match_by ?? 'none'}
        onChange={(value) => {
          const match_by = matches.find((match) => match === value);
          if (match_by) change.mutate({ options: { ...job.options, match_by } });
        }}
        allowDeselect={false}
      />
      {error && (
        <Alert color="red" variant="light" role="alert" mt="md">
          {textOf(error)}
        </Alert>
      )}
      {job.checked && !isChecking && <Counts counts={job.checked} />}
      <div className={classes.actions}>
        <Button variant="default" loading={isChecking} onClick={() => dryRun.mutate(undefined)}>
          {t('imports.dry_run')}
        </Button>
        <Button loading={run.isPending} disabled={change.isPending || isChecking} onClick={() => run.mutate('start')}>
          {t('imports.start')}
        </Button>
      </div>
      <p className={classes.note}>{t('imports.note')}</p>
    </>
  );
}

function Columns({ job, onMapping }: { job: ImportJob; onMapping: (mapping: ImportJob['mapping']) => void }) {
  const { t, i18n } = useTranslation();
  const { data: targets = [] } = useQuery(importTargetsQuery);
  const options = targets.map(({ name, label_tr, label_en }) => ({
    value: name,
    label: i18n.language === 'tr' ? label_tr : label_en,
  }));
  const map = (column: string, target: string | null) =>
    onMapping(
      job.header.map((name) => {
        const known = job.mapping.find((entry) => entry.column === name);
        return name === column ? { column, target } : { column: name, target: known?.target, scale: known?.scale };
      }),
    );
  const samplesOf = (index: number) =>
    job.sample
      .map((row) => row[index])
      .filter(Boolean)
      .slice(0, 3)
      .join(' · ');

  return (
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
          {job.header.map((column, index) => {
            const mapped = job.mapping.find((entry) => entry.column === column);
            return (
              <tr key={column}>
                <td>{column}</td>
                <td className={classes.sample}>{samplesOf(index)}</td>
                <td className={classes.field}>
                  <Select
                    size="xs"
                    aria-label={t('imports.field_of', { name: column })}
                    placeholder={t('imports.leave_out')}
                    data={options}
                    value={mapped?.target ?? null}
                    onChange={(target) => map(column, target)}
                    searchable
                    clearable
                    clearButtonProps={{ 'aria-label': t('common.clear') }}
                    filter={foldedOptions}
                    nothingFoundMessage={t('common.nothing_found')}
                  />
                  {mapped?.reason && <small className={classes.reason}>{mapped.reason}</small>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
