import { Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportJob, ImportLikelyDuplicate } from '@/api/types';
import { formatCount } from '@/lib/money';
import { ErrorState } from '@/ui/ErrorState';
import { Refusal } from '@/ui/form/FormDrawer';
import { PagePart } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import classes from '../pages/ImportPage.module.css';
import { correctionsQuery, likelyDuplicatesQuery, useCorrect } from '../queries';

const shownAtFirst = 10;
const shownCells = 3;

/** Rows that would be customers who are probably there already: what becomes of all of them, or of each. */
export function LikelyDuplicates({
  job,
  onChoose,
  isBusy,
}: {
  job: ImportJob;
  onChoose: (choice: NonNullable<ImportJob['options']['on_likely_duplicate']>) => void;
  isBusy: boolean;
}) {
  const { t, i18n } = useTranslation();
  const { data, error, refetch } = useQuery(likelyDuplicatesQuery(job.id));
  const { data: corrections } = useQuery(correctionsQuery(job.id));
  const correct = useCorrect(job.id);
  const [all, setAll] = useState(false);
  const skipped = new Set(corrections?.filter(({ skip }) => skip).map(({ row_number }) => row_number));
  const choice = job.options.on_likely_duplicate ?? 'create';

  return (
    <PagePart
      id="import-likely"
      title={t('imports.likely.title')}
      lead={t('imports.likely.lead')}
      actions={
        <SegmentedControl
          aria-label={t('imports.rules.likely')}
          data={(['create', 'skip'] as const).map((value) => ({ value, label: t(`imports.rules.likelies.${value}`) }))}
          value={choice}
          onChange={onChoose}
          disabled={isBusy}
        />
      }
    >
      <Refusal error={correct.error} fields={[]} />
      {error && !data ? (
        <ErrorState error={error} onRetry={() => refetch()} />
      ) : (
        <PlainTable
          label={t('imports.likely.title')}
          rows={all ? data : data?.slice(0, shownAtFirst)}
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
              cell: ({ cells }) => (
                <span className={classes.sample}>{cells.filter(Boolean).slice(0, shownCells).join(' · ')}</span>
              ),
            },
            { id: 'other', header: t('imports.likely.other'), cell: (row) => <Other row={row} /> },
            {
              id: 'probability',
              header: t('imports.likely.probability'),
              align: 'end',
              cell: ({ probability }) =>
                t('imports.likely.percent', { number: formatCount(Math.round(100 * probability), i18n.language) }),
            },
          ]}
          actions={
            choice === 'skip'
              ? undefined
              : ({ row_number }) => {
                  const skip = !skipped.has(row_number);
                  return (
                    <Button
                      variant="subtle"
                      onClick={() => correct.mutate({ row_number, skip })}
                      aria-label={t(skip ? 'imports.wrong.skip_row' : 'imports.wrong.unskip_row', {
                        number: row_number,
                      })}
                    >
                      {t(skip ? 'imports.wrong.skip' : 'imports.wrong.unskip')}
                    </Button>
                  );
                }
          }
        />
      )}
      {!all && (data?.length ?? 0) > shownAtFirst && (
        <div>
          <Button variant="default" onClick={() => setAll(true)}>
            {t('common.more')}
          </Button>
        </div>
      )}
    </PagePart>
  );
}

/** Who it probably is. The link opens beside the import, which stays where it is. */
function Other({ row }: { row: ImportLikelyDuplicate }) {
  const { t } = useTranslation();
  if (row.customer_id != null)
    return (
      <a href={`/customers/${row.customer_id}`} target="_blank" rel="noreferrer" className={classes.link}>
        {row.customer_name}
      </a>
    );
  if (row.other_row_number != null) return t('imports.row_number', { number: row.other_row_number });
  return t('imports.likely.hidden');
}
