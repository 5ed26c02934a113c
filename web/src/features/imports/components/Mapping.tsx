import { Alert, Button, Menu, Select, TextInput } from '@mantine/core';
import { IconChevronDown, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportJob, SavedMapping } from '@/api/types';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { useErrorText } from '@/ui/error-text';
import { foldedOptions } from '@/ui/folded-options';
import { showRefusal } from '@/ui/toasts';
import classes from '../pages/ImportPage.module.css';
import {
  importTargetsQuery,
  savedMappingsQuery,
  useChange,
  useDryRun,
  useForgetMapping,
  useKeepMapping,
} from '../queries';
import { Options } from './Options';

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
      <Options value={job.options} onChange={(options) => change.mutate({ options })} />
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
  const forget = useForgetMapping();
  const [doomed, setDoomed] = useState<SavedMapping | undefined>();
  const [name, setName] = useState('');
  return (
    <div className={classes.options}>
      {saved.length > 0 && (
        <Menu position="bottom-start" width={300}>
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
              {t('imports.saved')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{t('imports.saved_choose')}</Menu.Label>
            {saved.map((one) => (
              <Menu.Item key={one.id} onClick={() => onTake(one)}>
                {one.name}
              </Menu.Item>
            ))}
            <Menu.Divider />
            <Menu.Label>{t('imports.saved_delete')}</Menu.Label>
            {saved.map((one) => (
              <Menu.Item
                key={one.id}
                leftSection={<IconTrash size={14} aria-hidden />}
                aria-label={t('imports.saved_delete_one', { name: one.name })}
                onClick={() => setDoomed(one)}
              >
                {one.name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <ConfirmDialog
        opened={doomed !== undefined}
        title={t('imports.saved_delete_title', { name: doomed?.name })}
        text={t('imports.saved_delete_text')}
        confirm={t('imports.saved_delete')}
        onClose={() => setDoomed(undefined)}
        onConfirm={() => doomed && forget.mutate(doomed.id, { onError: (refusal) => showRefusal(textOf(refusal)) })}
      />
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
