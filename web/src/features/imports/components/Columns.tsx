import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ImportColumn, ImportJob } from '@/api/types';
import { foldedOptions } from '@/ui/folded-options';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import classes from '../pages/ImportPage.module.css';
import { importTargetsQuery } from '../queries';

const samples = 3;

/** The columns of a file, their first values, and the field each is meant for. A field that moves leaves the column it was at. */
export function Columns({ job, onMapping }: { job: ImportJob; onMapping: (mapping: ImportColumn[]) => void }) {
  const { t, i18n } = useTranslation();
  const { data: targets = [] } = useQuery(importTargetsQuery(job.entity));
  const options = targets.map(({ name, label_tr, label_en }) => ({
    value: name,
    label: i18n.language === 'tr' ? label_tr : label_en,
  }));
  const map = (column: string, target: string | null) =>
    onMapping(
      job.mapping.map((entry) => {
        if (entry.column === column) return { column, target };
        if (target && entry.target === target) return { column: entry.column, target: null };
        return entry;
      }),
    );
  const samplesOf = (column: string) => {
    const place = job.header.indexOf(column);
    const values = job.sample.map((row) => row[place]).filter(Boolean);
    return values.slice(0, samples).join(' · ');
  };

  return (
    <PlainTable
      label={t('imports.mapping')}
      rows={job.mapping}
      rowId={({ column }) => column}
      columns={[
        { id: 'column', header: t('imports.column'), cell: ({ column }) => column },
        {
          id: 'samples',
          header: t('imports.samples'),
          cell: ({ column }) => <span className={classes.sample}>{samplesOf(column)}</span>,
        },
        {
          id: 'field',
          header: t('imports.field'),
          cell: ({ column, target, reason }) => (
            <div className={classes.field}>
              <Select
                size="xs"
                aria-label={t('imports.field_of', { name: column })}
                placeholder={t('imports.leave_out')}
                description={reason ?? undefined}
                inputWrapperOrder={['input', 'description']}
                data={options}
                value={target ?? null}
                onChange={(next) => map(column, next)}
                searchable
                clearable
                allowDeselect={false}
                clearButtonProps={{ 'aria-label': t('common.clear') }}
                filter={foldedOptions}
                nothingFoundMessage={t('common.nothing_found')}
              />
            </div>
          ),
        },
      ]}
    />
  );
}
