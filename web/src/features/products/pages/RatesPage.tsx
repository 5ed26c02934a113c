import { Button, Group } from '@mantine/core';
import { IconCoins, IconPencil, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { ExchangeRate } from '@/api/types';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { Page } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { When } from '@/ui/When';
import { CurrencySelect } from '../components/CurrencySelect';
import { RateDrawer } from '../components/RateDrawer';
import { ratesQuery } from '../queries';
import { formatRate } from '../rate';
import classes from './ProductsPage.module.css';

/** What the page shows, as the address bar says it. */
export interface RatesParams {
  currency?: string;
}

/** What other currencies were worth, by day: amounts in them are converted by the rate of their day. */
export function RatesPage({ params, onParams }: { params: RatesParams; onParams: (params: RatesParams) => void }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const mayManage = may(me, 'product.manage');
  const own = me.organisation.currency;
  const { currency = '' } = params;
  const list = useInfiniteQuery(ratesQuery(currency));
  const rates = list.data?.pages.flatMap(({ results }) => results as ExchangeRate[]);
  const [edited, setEdited] = useState<ExchangeRate | 'new'>();
  const add = mayManage && (
    <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setEdited('new')}>
      {t('products.rates.new')}
    </Button>
  );

  return (
    <Page title={t('common.settings.exchange_rates')} lead={t('products.rates.lead', { currency: own })} actions={add}>
      <Group gap="xs" className={classes.filters}>
        <CurrencySelect
          aria-label={t('products.currency')}
          placeholder={t('products.rates.all')}
          value={currency || null}
          onChange={(next) => onParams({ currency: next ?? undefined })}
          without={own}
          allowDeselect
          clearable
          clearButtonProps={{ 'aria-label': t('common.clear') }}
        />
      </Group>
      {list.error && !rates ? (
        <ErrorState error={list.error} onRetry={() => list.refetch()} />
      ) : (
        <PlainTable
          label={t('common.settings.exchange_rates')}
          rows={rates}
          rowId={(rate) => `${rate.currency} ${rate.date}`}
          columns={[
            { id: 'date', header: t('products.rates.date'), cell: ({ date }) => <When at={date} /> },
            { id: 'currency', header: t('products.currency'), cell: (rate) => rate.currency },
            {
              id: 'rate',
              header: t('products.rates.rate'),
              align: 'end',
              cell: (rate) => `1 ${rate.currency} = ${formatRate(rate.rate, i18n.language)} ${own}`,
            },
            { id: 'source', header: t('products.rates.source'), cell: ({ source }) => source || '—' },
          ]}
          actions={
            mayManage
              ? (rate) => (
                  <Button
                    variant="subtle"
                    color="gray"
                    size="compact-sm"
                    leftSection={<IconPencil size={15} aria-hidden />}
                    aria-label={t('products.rates.edit', { currency: rate.currency, date: rate.date })}
                    onClick={() => setEdited(rate)}
                  >
                    {t('products.rates.correct')}
                  </Button>
                )
              : undefined
          }
          empty={
            <EmptyState
              icon={IconCoins}
              title={t('products.rates.none')}
              text={t('products.rates.none_text', { currency: own })}
            >
              {add}
            </EmptyState>
          }
        />
      )}
      {list.hasNextPage && (
        <Button
          variant="default"
          className={classes.more}
          loading={list.isFetchingNextPage}
          onClick={() => list.fetchNextPage()}
        >
          {t('common.more')}
        </Button>
      )}
      {edited && (
        <RateDrawer
          rate={edited === 'new' ? undefined : edited}
          currency={currency}
          onClose={() => setEdited(undefined)}
        />
      )}
    </Page>
  );
}
