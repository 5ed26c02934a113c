import { Alert, Button, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportJob, SavedMapping } from '@/api/types';
import { useErrorText } from '@/ui/error-text';
import { foldedOptions } from '@/ui/folded-options';
import classes from '../pages/ImportPage.module.css';
import { importTargetsQuery, savedMappingsQuery, useChange, useDryRun, useKeepMapping } from '../queries';

const matches = ['none', 'customer_code', 'tax_number', 'identity_number', 'primary_email', 'primary_phone'] as const;

/** Which column is what, and by what known customers are recognised; what was kept for such files can be taken. */
export function Mapping({ job, onChecked }: { job: ImportJob; onChecked: () => void }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const change = useChange(job.id);
  const dryRun = useDryRun(job.id);
  const error = change.error ?? dryRun.error;

  return (
    <>
      <h2 className={classes.heading}>{t('imports.mapping')}</h2>
      <SavedMappings job={job} onTake={(saved) => change.mutate({ mapping: saved.columns, options: saved.options })} />
      <Columns job={job} onMapping={(mapping) => change.mutate({ mapping })} />
      <div className={classes.options}>
        <Select
          label={t('imports.match_by')}
          data={matches.map((value) => ({ value, label: t(`imports.match.${value}`) }))}
          value={job.options.match_by ?? 'none'}
          onChange={(value) => {
            const match_by = matches.find((match) => match === value);
            if (match_by) change.mutate({ options: { ...job.options, match_by } });
          }}
          allowDeselect={false}
        />
        <Select
          label={t('imports.likely_label')}
          data={(['create', 'skip'] as const).map((value) => ({ value, label: t(`imports.likely_${value}`) }))}
          value={job.options.on_likely_duplicate ?? 'create'}
          onChange={(value) =>
            change.mutate({ options: { ...job.options, on_likely_duplicate: value === 'skip' ? 'skip' : 'create' } })
          }
          allowDeselect={false}
        />
      </div>
      {error && (
        <Alert color="red" variant="light" role="alert" mt="md">
          {textOf(error)}
        </Alert>
      )}
      <div className={classes.actions}>
        <Button
          loading={job.state === 'checking' || dryRun.isPending}
          disabled={change.isPending}
          onClick={() => dryRun.mutate(undefined, { onSuccess: onChecked })}
        >
          {t('imports.dry_run')}
        </Button>
      </div>
      <p className={classes.note}>{t('imports.note')}</p>
    </>
  );
}

function SavedMappings({ job, onTake }: { job: ImportJob; onTake: (saved: SavedMapping) => void }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { data: saved = [] } = useQuery(savedMappingsQuery);
  const keep = useKeepMapping(job.id);
  const [name, setName] = useState('');
  return (
    <div className={classes.options}>
      {saved.length > 0 && (
        <Select
          label={t('imports.saved')}
          placeholder={t('imports.saved_choose')}
          data={saved.map((one) => ({ value: String(one.id), label: one.name }))}
          value={null}
          onChange={(id) => {
            const one = saved.find((mapping) => String(mapping.id) === id);
            if (one) onTake(one);
          }}
        />
      )}
      <form
        className={classes.keep}
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) keep.mutate(name.trim(), { onSuccess: () => setName('') });
        }}
      >
        <TextInput
          label={t('imports.keep')}
          placeholder={t('imports.keep_name')}
          value={name}
          error={keep.error && textOf(keep.error)}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={keep.isPending} disabled={!name.trim()}>
          {t('imports.keep_action')}
        </Button>
      </form>
    </div>
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
                  {mapped?.reason && (
                    <small className={classes.reason}>
                      {mapped.reason}
                      {mapped.confidence != null && ` · ${t('imports.sure', { percent: mapped.confidence })}`}
                    </small>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
