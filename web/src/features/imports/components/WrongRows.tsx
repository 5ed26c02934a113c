import { Button, TextInput } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportCorrection, ImportErrorRow, ImportJob } from '@/api/types';
import { ErrorState } from '@/ui/ErrorState';
import { Refusal } from '@/ui/form/FormDrawer';
import { PagePart } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { cellOf, problemsByColumn } from '../corrections';
import classes from '../pages/ImportPage.module.css';
import { errorsQuery, importTargetsQuery, useCorrect } from '../queries';
import { ErrorsFile } from './ErrorsFile';

const shownCells = 3;

/** The rows that a check refused: each wrong cell is a field with what is wrong under it. */
export function WrongRows({ job }: { job: ImportJob }) {
  const { t } = useTranslation();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    errorsQuery(job.id),
  );
  const correct = useCorrect(job.id);
  const rows = data?.pages.flatMap(({ results }) => results);

  return (
    <PagePart
      id="import-wrong"
      title={t('imports.wrong.title')}
      lead={t('imports.wrong.lead')}
      actions={<ErrorsFile id={job.id} />}
    >
      <Refusal error={correct.error} fields={[]} />
      {error && !rows ? (
        <ErrorState error={error} onRetry={() => refetch()} />
      ) : (
        <PlainTable
          label={t('imports.wrong.title')}
          rows={rows}
          rowId={(row) => row.row_number}
          columns={[
            {
              id: 'row',
              header: t('imports.row'),
              cell: (row) => <span className={classes.row}>{t('imports.row_number', { number: row.row_number })}</span>,
            },
            {
              id: 'cells',
              header: t('imports.wrong.cells'),
              cell: (row) => (
                <span className={classes.sample}>{row.cells.filter(Boolean).slice(0, shownCells).join(' · ')}</span>
              ),
            },
            {
              id: 'problems',
              header: t('imports.wrong.problems'),
              cell: (row) => <Cells row={row} job={job} onCorrect={(correction) => correct.mutate(correction)} />,
            },
          ]}
          actions={(row) => (
            <Button
              variant="subtle"
              onClick={() => correct.mutate({ row_number: row.row_number, skip: !row.is_skipped })}
              aria-label={t(row.is_skipped ? 'imports.wrong.unskip_row' : 'imports.wrong.skip_row', {
                number: row.row_number,
              })}
            >
              {t(row.is_skipped ? 'imports.wrong.unskip' : 'imports.wrong.skip')}
            </Button>
          )}
        />
      )}
      {hasNextPage && (
        <div>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
            {t('common.more')}
          </Button>
        </div>
      )}
    </PagePart>
  );
}

/** The wrong cells of a row; all that are mapped where the row as a whole is wrong, or where one asks for them. */
function Cells({
  row,
  job,
  onCorrect,
}: {
  row: ImportErrorRow;
  job: ImportJob;
  onCorrect: (correction: ImportCorrection) => void;
}) {
  const { t, i18n } = useTranslation();
  const problems = problemsByColumn(row);
  const ofRow = row.problems.filter(({ column }) => !column);
  // What the row as a whole lacks may belong into any of its cells.
  const [all, setAll] = useState(ofRow.length > 0);
  const { data: targets } = useQuery(importTargetsQuery(job.entity));
  const labelOf = (field: string) => {
    const target = targets?.find(({ name }) => name === field);
    return (i18n.language === 'tr' ? target?.label_tr : target?.label_en) ?? field;
  };
  if (row.is_skipped) return <span className={classes.sample}>{t('imports.wrong.skipped')}</span>;
  const columns = all ? job.mapping.filter(({ target }) => target).map(({ column }) => column) : [...problems.keys()];
  return (
    <div className={classes.cells}>
      {ofRow.length > 0 && (
        <span className={classes.problem}>
          {ofRow.map(({ field, message }) => `${field ? `${labelOf(field)}: ` : ''}${message}`).join(' ')}
        </span>
      )}
      {columns.filter(Boolean).map((column) => (
        <Cell
          key={column}
          row={row}
          column={column}
          header={job.header}
          problems={problems.get(column) ?? []}
          onCorrect={onCorrect}
        />
      ))}
      {!all && (
        <Button variant="subtle" size="compact-xs" onClick={() => setAll(true)}>
          {t('imports.wrong.all_cells')}
        </Button>
      )}
    </div>
  );
}

/** One cell. What is typed is sent when the field is left, or with Enter, and stays there when it is refused; Escape takes it back. */
function Cell({
  row,
  column,
  header,
  problems,
  onCorrect,
}: {
  row: ImportErrorRow;
  column: string;
  header: string[];
  problems: string[];
  onCorrect: (correction: ImportCorrection) => void;
}) {
  const { t } = useTranslation();
  const kept = cellOf(row, header, column);
  const [typed, setTyped] = useState<string>();
  const isPutRight = kept !== (row.cells[header.indexOf(column)] ?? '');
  const keep = () => {
    if (typed !== undefined && typed !== kept) onCorrect({ row_number: row.row_number, column, value: typed });
  };
  return (
    <TextInput
      size="xs"
      label={column}
      aria-label={t('imports.wrong.cell', { column, number: row.row_number })}
      value={typed ?? kept}
      error={isPutRight ? undefined : problems.join(' ') || undefined}
      description={isPutRight ? t('imports.wrong.put_right') : undefined}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') keep();
        if (event.key === 'Escape') setTyped(undefined);
      }}
    />
  );
}
