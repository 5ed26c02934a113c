import { Alert, Button, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ImportJob } from '@/api/types';
import { useErrorText } from '@/ui/error-text';
import classes from '../pages/ImportPage.module.css';
import { useChange } from '../queries';

const encodings = ['UTF-8', 'windows-1254', 'ISO-8859-9', 'UTF-16LE'];
const separators = { ';': 'semicolon', ',': 'comma', '\t': 'tab', '|': 'bar' } as const;

/** What the file was found to be, its first rows, and the means to say otherwise. */
export function FileStep({ job, onNext }: { job: ImportJob; onNext: () => void }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const change = useChange(job.id);
  const format = job.format as Record<string, string | undefined>;
  // The columns may be others when the file is read otherwise: what was known of them is guessed anew.
  const set = (options: Partial<ImportJob['options']>) => change.mutate({ options: { ...job.options, ...options } });
  const known = (values: string[], value: string | undefined) =>
    value && !values.includes(value) ? [value, ...values] : values;

  return (
    <>
      <h2 className={classes.heading}>{t('imports.file')}</h2>
      <div className={classes.options}>
        {format.format === 'csv' && (
          <>
            <Select
              label={t('imports.encoding')}
              data={known(encodings, format.encoding)}
              value={format.encoding ?? null}
              onChange={(encoding) => set({ encoding })}
              allowDeselect={false}
            />
            <Select
              label={t('imports.separator')}
              data={known(Object.keys(separators), format.separator).map((value) => ({
                value,
                label:
                  value in separators ? t(`imports.separators.${separators[value as keyof typeof separators]}`) : value,
              }))}
              value={format.separator ?? null}
              onChange={(separator) => set({ separator })}
              allowDeselect={false}
            />
          </>
        )}
        {job.sheets.length > 1 && (
          <Select
            label={t('imports.sheet')}
            data={job.sheets}
            value={format.sheet ?? null}
            onChange={(sheet) => set({ sheet })}
            allowDeselect={false}
          />
        )}
      </div>
      {change.error && (
        <Alert color="red" variant="light" role="alert" mb="md">
          {textOf(change.error)}
        </Alert>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section className={classes.scroll} aria-label={t('imports.first_rows')} tabIndex={0}>
        <table className={classes.mapping} aria-busy={change.isPending}>
          <thead>
            <tr>
              {job.header.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {job.sample.slice(0, 8).map((cells, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have nothing but their place
              <tr key={row}>
                {job.header.map((name, column) => (
                  <td key={name} className={classes.sample}>
                    {cells[column]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <div className={classes.actions}>
        <Button disabled={change.isPending} onClick={onNext}>
          {t('imports.next')}
        </Button>
      </div>
    </>
  );
}
