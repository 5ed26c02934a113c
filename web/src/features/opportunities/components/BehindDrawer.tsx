import { Drawer, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import { formatCount } from '@/lib/money';
import { ErrorState } from '@/ui/ErrorState';
import { Money } from '@/ui/Money';
import { type PlainColumn, PlainTable } from '@/ui/plain-table/PlainTable';
import { useLanguage } from '@/ui/use-language';
import { When } from '@/ui/When';
import { behindQuery, type CountedLine, type FigureParams } from '../figures';
import classes from './Figures.module.css';

/** The opportunities that a figure is made of. */
export function BehindDrawer({
  behind,
  asked,
  currency,
  onClose,
}: {
  behind: string;
  /** The question the figure is an answer to. */
  asked: FigureParams;
  /** The organisation's. */
  currency: string;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { byName } = useRecordFields('opportunities');
  // The largest first, for whom the amounts are not hidden from.
  const ordering = byName.has('amount_base') ? '-amount_base' : null;
  const { data, error, refetch } = useQuery(behindQuery(behind, ordering, asked));
  const has = (name: 'day' | 'days') => data?.lines.some((line) => line[name] != null) ?? false;
  const columns: PlainColumn<CountedLine & { place: number }>[] = [
    {
      id: 'name',
      header: t('opportunities.figures.name'),
      cell: ({ id, name }) => (
        <Link to="/opportunities/$opportunityId" params={{ opportunityId: id }}>
          {name}
        </Link>
      ),
    },
    {
      id: 'customer',
      header: t('opportunities.figures.customer'),
      cell: ({ customer_name }) => customer_name,
    },
    {
      id: 'day',
      header: t('opportunities.figures.closes'),
      cell: ({ day }) => day && <When at={day} />,
    },
    {
      id: 'days',
      header: t('opportunities.figures.days'),
      align: 'end',
      cell: ({ days }) => days != null && t('opportunities.figures.days_of', { value: formatCount(days, language) }),
    },
    {
      id: 'amount',
      header: t('opportunities.figures.amount'),
      align: 'end',
      cell: ({ amount, currency: own }) =>
        amount != null && <Money amount={amount} currency={own ?? currency} compact />,
    },
  ];
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={t('opportunities.figures.behind')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {error && <ErrorState error={error} onRetry={() => refetch()} />}
      {!data && !error && <Skeleton height={320} />}
      {data && (
        <>
          <p className={classes.note} role="status">
            {t('opportunities.figures.count', {
              count: data.count,
              shown: formatCount(data.count, language) + (data.isCapped ? '+' : ''),
            })}
            {data.isMore &&
              ` ${t(data.isByAmount ? 'opportunities.figures.first' : 'opportunities.figures.newest', { shown: data.lines.length })}`}
          </p>
          <PlainTable
            label={t('opportunities.figures.behind')}
            rows={data.lines.map((line, place) => ({ ...line, place }))}
            // An opportunity stands there as often as it was counted.
            rowId={({ place }) => place}
            empty={null}
            columns={columns.filter(({ id }) => !(id === 'day' || id === 'days') || has(id))}
          />
        </>
      )}
    </Drawer>
  );
}
