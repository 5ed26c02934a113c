import { Button, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ImportJob } from '@/api/types';
import { Refusal } from '@/ui/form/FormDrawer';
import { PagePart } from '@/ui/page/Page';
import classes from '../pages/ImportPage.module.css';
import { useChange } from '../queries';
import type { Step } from '../steps';

const encodings = ['UTF-8', 'windows-1254', 'windows-1252', 'UTF-16LE', 'UTF-16BE'];
const separators = { ';': 'semicolon', ',': 'comma', '\t': 'tab', '|': 'pipe' } as const;
const sampleRows = 6;

/** What a file was found to be, to be put right where the guess was wrong, and its first rows. */
export function FileStep({ job, onGo }: { job: ImportJob; onGo: (step: Step) => void }) {
  const { t } = useTranslation();
  const change = useChange(job.id);
  const format = job.format as { format: string; encoding?: string; separator?: string; sheet?: string };
  const choose = (options: Partial<ImportJob['options']>) => change.mutate({ options: { ...job.options, ...options } });
  const known = encodings.includes(format.encoding ?? '') ? encodings : [format.encoding ?? '', ...encodings];

  return (
    <PagePart id="import-file" title={t('imports.file.title')} lead={t('imports.file.lead')}>
      <Refusal error={change.error} fields={[]} />
      <div className={classes.choices} aria-busy={change.isPending}>
        {format.format === 'csv' ? (
          <>
            <Select
              label={t('imports.file.encoding')}
              data={known}
              value={format.encoding ?? null}
              onChange={(encoding) => encoding && choose({ encoding })}
              allowDeselect={false}
              disabled={change.isPending}
            />
            <Select
              label={t('imports.file.separator')}
              data={Object.entries(separators).map(([value, name]) => ({
                value,
                label: t(`imports.file.separators.${name}`),
              }))}
              value={format.separator ?? null}
              onChange={(separator) => separator && choose({ separator })}
              allowDeselect={false}
              disabled={change.isPending}
            />
          </>
        ) : (
          <Select
            label={t('imports.file.sheet')}
            data={job.sheets}
            value={format.sheet ?? null}
            onChange={(sheet) => sheet && choose({ sheet })}
            allowDeselect={false}
            disabled={change.isPending}
          />
        )}
      </div>
      <Sample job={job} />
      <div className={classes.actions}>
        <Button onClick={() => onGo('mapping')}>{t('imports.next')}</Button>
      </div>
    </PagePart>
  );
}

/** The first row is the header. Columns may share a name, so their place tells them apart. */
function Sample({ job }: { job: ImportJob }) {
  const { t } = useTranslation();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section className={classes.scroll} aria-label={t('imports.file.sample')} tabIndex={0}>
      <table className={classes.sheet} aria-label={t('imports.file.sample')}>
        <thead>
          <tr>
            {job.header.map((name, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <th key={place} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {job.sample.slice(0, sampleRows).map((row, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file never move
            <tr key={place}>
              {job.header.map((_, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: see above
                <td key={column}>{row[column]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
