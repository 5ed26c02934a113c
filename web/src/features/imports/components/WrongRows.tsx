import { Button, Checkbox, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportErrorRow, ImportJob } from '@/api/types';
import { useErrorText } from '@/ui/error-text';
import { showRefusal } from '@/ui/toasts';
import classes from '../pages/ImportPage.module.css';
import { useCorrect, wrongRowsQuery } from '../queries';

/** The rows that were refused, each with its wrong cells to be put right here, or left out. They are looked at again at the next try. */
export function WrongRows({ job, number }: { job: ImportJob; number: string }) {
  const { t } = useTranslation();
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(wrongRowsQuery(job.id));
  const rows = data?.pages.flatMap((page) => page.results as ImportErrorRow[]);
  return (
    <section aria-labelledby="wrong" className={classes.wrong}>
      <h2 id="wrong" className={classes.heading}>
        {t('imports.wrong_title', { number })}
      </h2>
      <p className={classes.note}>{t('imports.wrong_text')}</p>
      <ul className={classes.rows} aria-busy={!rows}>
        {rows?.map((row) => (
          <WrongRow key={row.row_number} job={job} row={row} />
        ))}
      </ul>
      {hasNextPage && (
        <Button variant="subtle" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
          {t('imports.more')}
        </Button>
      )}
    </section>
  );
}

function WrongRow({ job, row }: { job: ImportJob; row: ImportErrorRow }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const correct = useCorrect(job.id);
  const onError = (error: unknown) => showRefusal(textOf(error));
  // Shown as it was meant from the first moment on.
  const isSkipped = correct.isPending ? (correct.variables.skip ?? row.is_skipped) : row.is_skipped;
  const ofRow = row.problems.filter((problem) => !problem.column);
  // Where the row as a whole is wrong, any of its cells may be what is missing.
  const columns = job.header.filter(
    (column) => ofRow.length > 0 || row.problems.some((problem) => problem.column === column),
  );
  const others = job.header
    .map((column, place) => (columns.includes(column) ? '' : row.cells[place]))
    .filter(Boolean)
    .join(' · ');

  return (
    <li data-skipped={isSkipped || undefined}>
      <div className={classes.rowHead}>
        <b>{t('imports.row', { number: row.row_number })}</b> <span className={classes.rest}>{others}</span>
        <Checkbox
          label={t('imports.skip')}
          aria-label={t('imports.skip_row', { number: row.row_number })}
          checked={isSkipped}
          onChange={(event) =>
            correct.mutate({ row_number: row.row_number, skip: event.currentTarget.checked }, { onError })
          }
        />
      </div>
      {ofRow.map((problem) => (
        <p key={problem.message} className={classes.problem}>
          {problem.message}
        </p>
      ))}
      <div className={classes.cells}>
        {columns.map((column) => (
          <Cell
            key={column}
            column={column}
            row={row}
            value={row.cells[job.header.indexOf(column)] ?? ''}
            onValue={(value) => correct.mutate({ row_number: row.row_number, column, value }, { onError })}
          />
        ))}
      </div>
    </li>
  );
}

function Cell({
  column,
  row,
  value,
  onValue,
}: {
  column: string;
  row: ImportErrorRow;
  value: string;
  onValue: (value: string | null) => void;
}) {
  const { t } = useTranslation();
  const corrected = row.corrections[column];
  const [text, setText] = useState(corrected ?? value);
  const message = row.problems.find((problem) => problem.column === column)?.message;
  const isMended = corrected !== undefined;
  const save = () => {
    if (text !== (corrected ?? value)) onValue(text === value ? null : text);
  };
  return (
    <TextInput
      size="xs"
      label={column}
      value={text}
      disabled={row.is_skipped}
      description={isMended ? t('imports.mended') : undefined}
      error={isMended ? undefined : message}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => event.key === 'Enter' && save()}
    />
  );
}
