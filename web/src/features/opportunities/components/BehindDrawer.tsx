import { Drawer, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import { formatCount } from '@/lib/money';
import { ErrorState } from '@/ui/ErrorState';
import { Money } from '@/ui/Money';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { useLanguage } from '@/ui/use-language';
import { When } from '@/ui/When';
import { behindQuery } from '../figures';
import classes from './Figures.module.css';

/** The opportunities that a figure is made of. */
export function BehindDrawer({ criteria, onClose }: { criteria: string; onClose: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { byName } = useRecordFields('opportunities');
  // The largest first, for whom the amounts are not hidden from.
  const ordering = byName.has('amount_base') ? '-amount_base' : null;
  const { data, error, refetch } = useQuery(behindQuery(criteria, ordering));
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
              shown: formatCount(data.count, language) + (data.count_is_capped ? '+' : ''),
            })}
            {data.next && ` ${t('opportunities.figures.first', { shown: data.results.length })}`}
          </p>
          <PlainTable
            label={t('opportunities.figures.behind')}
            rows={data.results}
            rowId={({ id }) => id}
            empty={null}
            columns={[
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
                cell: ({ actual_close_date, expected_close_date }) => {
                  const day = actual_close_date ?? expected_close_date;
                  return day && <When at={day} />;
                },
              },
              {
                id: 'amount',
                header: t('opportunities.figures.amount'),
                align: 'end',
                cell: ({ amount, currency }) =>
                  amount !== null && <Money amount={amount} currency={currency} compact />,
              },
            ]}
          />
        </>
      )}
    </Drawer>
  );
}
