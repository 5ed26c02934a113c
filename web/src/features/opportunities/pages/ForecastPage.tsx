import { ActionIcon, NativeSelect, Skeleton } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { type CSSProperties, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import { businessDay, formatDate } from '@/lib/dates';
import { formatCount, formatMoney, formatMoneyShort } from '@/lib/money';
import { formatPercent } from '@/lib/percent';
import { GroupedBars } from '@/ui/charts/GroupedBars';
import { ErrorState } from '@/ui/ErrorState';
import { Page, PagePart } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { useLanguage } from '@/ui/use-language';
import { BehindDrawer } from '../components/BehindDrawer';
import { Figure } from '../components/Figure';
import { FigureFilters } from '../components/FigureFilters';
import classes from '../components/Figures.module.css';
import { TargetDrawer } from '../components/TargetDrawer';
import {
  type Behind,
  categories,
  type FigureParams,
  type ForecastLine,
  forecastQuery,
  whoseQuery,
  windowQuery,
} from '../figures';
import { inTree } from '../forecast-lines';
import { periodName } from '../period-name';

/** What is won and what is expected, period by period, and whose it is. */
export function ForecastPage({ params, onParams }: { params: FigureParams; onParams: (params: FigureParams) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const mayManage = may(useMe(), 'forecast.manage');
  const [set, setSet] = useState<ForecastLine | undefined>();
  const said = (period: string) => periodName(period, language, t);
  const { data: days } = useSuspenseQuery(windowQuery);
  const { data: whose } = useQuery(whoseQuery);
  const asked = { ...params, from: params.from ?? days.ahead.from, to: params.to ?? days.ahead.to };
  const { data, error, refetch } = useQuery(forecastQuery(asked));
  const currency = data?.currency ?? 'TRY';
  const money = (amount?: string | null) => (amount ? formatMoney(amount, currency, language, { compact: true }) : '—');
  const onBehind = (behind: string) => onParams({ ...params, behind });
  const isOpen = ({ categories: { commit, best_case, pipeline } }: ForecastLine) =>
    commit.count + best_case.count + pipeline.count > 0;
  const shown =
    data?.periods.find(({ period }) => period === params.at) ??
    data?.periods.find(({ lines }) => lines.some(isOpen)) ??
    data?.periods[0];
  const today = businessDay(new Date());
  /** An amount with how many make it, and the list of them. */
  const counted = (label: string, sum: { count: number; amount?: string | null }, behind: Behind) =>
    sum.count === 0 ? (
      '—'
    ) : (
      <Figure label={label} criteria={behind} onBehind={onBehind}>
        {money(sum.amount)} ({formatCount(sum.count, language)})
      </Figure>
    );
  const columns = <Row,>(
    lineOf: (row: Row) => ForecastLine | undefined,
    nameOf: (row: Row) => string,
    lastDayOf: (row: Row) => string,
  ) => [
    ...categories.map((category) => ({
      id: category,
      header: t(`opportunities.forecast.${category}`),
      align: 'end' as const,
      cell: (row: Row) => {
        const line = lineOf(row);
        const sum = line?.categories[category];
        if (!line || !sum) return '—';
        return counted(`${nameOf(row)}, ${t(`opportunities.forecast.${category}`)}`, sum, line.criteria[category]);
      },
    })),
    {
      id: 'weighted',
      header: t('opportunities.figures.weighted'),
      align: 'end' as const,
      cell: (row: Row) => money(lineOf(row)?.weighted),
    },
    {
      id: 'quota',
      header: t('opportunities.forecast.quota'),
      align: 'end' as const,
      cell: (row: Row) => {
        const { quota, attainment } = lineOf(row) ?? {};
        if (!quota) return '—';
        return attainment
          ? `${money(quota.amount)} (${formatPercent(Number(attainment) / 100, language)})`
          : money(quota.amount);
      },
    },
    {
      id: 'adjustment',
      header: t('opportunities.forecast.adjustment'),
      align: 'end' as const,
      cell: (row: Row) => {
        const adjustment = lineOf(row)?.adjustment;
        return adjustment?.amount ? <span title={adjustment.reason}>{money(adjustment.amount)}</span> : '—';
      },
    },
    {
      id: 'band',
      header: t('opportunities.forecast.band'),
      align: 'end' as const,
      cell: (row: Row) => {
        const simulation = lineOf(row)?.simulation;
        // What should have closed by then is expected today: of a period that is over nothing is left to guess.
        if (!simulation || lastDayOf(row) < today) return '—';
        return [simulation.p10, simulation.p50, simulation.p90]
          .map((amount) => formatMoneyShort(amount, currency, language))
          .join(' · ');
      },
    },
  ];
  const nameOf = ({ kind, name }: ForecastLine) =>
    kind === 'total' ? t('opportunities.forecast.total') : (name ?? t('opportunities.figures.unknown'));
  return (
    <Page
      wide
      title={t('opportunities.forecast.title')}
      lead={
        days.isElsewhere && !params.from && !params.to
          ? t('opportunities.figures.elsewhere', {
              from: formatDate(days.ahead.from, 'date', language),
              to: formatDate(days.ahead.to, 'date', language),
            })
          : undefined
      }
    >
      <FigureFilters kind="forecast" params={params} days={days.ahead} onParams={onParams} />
      {error && <ErrorState error={error} onRetry={() => refetch()} />}
      {!data && !error && <Skeleton height={640} />}
      {data && shown && !error && (
        <>
          <PagePart
            id="periods"
            title={t('opportunities.forecast.periods')}
            lead={
              data.history.is_used
                ? t('opportunities.forecast.history', {
                    won: formatCount(data.history.won, language),
                    lost: formatCount(data.history.lost, language),
                    runs: formatCount(data.history.runs, language),
                  })
                : t('opportunities.forecast.no_history')
            }
          >
            <div className={classes.wide}>
              <PlainTable
                label={t('opportunities.forecast.periods')}
                rows={data.periods}
                rowId={({ period }) => period}
                empty={null}
                columns={[
                  { id: 'period', header: t('opportunities.forecast.period'), cell: ({ period }) => said(period) },
                  ...columns<(typeof data.periods)[number]>(
                    ({ lines }) => lines.find(({ kind }) => kind === 'total'),
                    ({ period }) => said(period),
                    ({ last }) => last,
                  ),
                ]}
              />
            </div>
          </PagePart>
          <PagePart
            id="whose"
            title={t('opportunities.forecast.whose')}
            actions={
              <NativeSelect
                aria-label={t('opportunities.forecast.shown_period')}
                value={shown.period}
                data={data.periods.map(({ period }) => ({ value: period, label: said(period) }))}
                onChange={({ currentTarget: { value } }) => onParams({ ...params, at: value })}
              />
            }
          >
            <div className={classes.wide}>
              <PlainTable
                label={t('opportunities.forecast.whose')}
                rows={inTree(shown.lines, new Map(whose?.owners.map(({ id, team_id }) => [id, team_id ?? null])))}
                rowId={({ line: { kind, id } }) => `${kind}${id}`}
                actions={
                  mayManage
                    ? ({ line }) =>
                        // A quota is a person's or a team's; nobody's deals have none.
                        line.kind !== 'total' &&
                        line.id !== null && (
                          <ActionIcon
                            aria-label={t('opportunities.forecast.set', { name: nameOf(line) })}
                            onClick={() => setSet(line)}
                          >
                            <IconPencil size={15} aria-hidden />
                          </ActionIcon>
                        )
                    : undefined
                }
                empty={null}
                columns={[
                  {
                    id: 'name',
                    header: t('opportunities.forecast.who'),
                    cell: ({ line, depth }) => (
                      <span className={classes.indent} style={{ '--depth': depth } as CSSProperties}>
                        {nameOf(line)}
                      </span>
                    ),
                  },
                  ...columns<{ line: ForecastLine }>(
                    ({ line }) => line,
                    ({ line }) => nameOf(line),
                    () => shown.last,
                  ),
                ]}
              />
            </div>
          </PagePart>
          <PagePart id="past" title={t('opportunities.forecast.past')} lead={t('opportunities.forecast.past_lead')}>
            <GroupedBars
              label={t('opportunities.forecast.past')}
              head={t('opportunities.forecast.period')}
              series={[
                { id: 'promised', name: t('opportunities.forecast.promised') },
                { id: 'came', name: t('opportunities.forecast.came') },
              ]}
              groups={data.past.map(({ period, forecast, won }) => ({
                label: said(period),
                values: [Number(forecast.weighted), Number(won.amount)],
              }))}
            />
            <div className={classes.wide}>
              <PlainTable
                label={t('opportunities.forecast.past_behind')}
                rows={data.past}
                rowId={({ period }) => period}
                empty={null}
                columns={[
                  { id: 'period', header: t('opportunities.forecast.period'), cell: ({ period }) => said(period) },
                  ...(['commit', 'best_case', 'pipeline'] as const).map((category) => ({
                    id: category,
                    header: t(`opportunities.forecast.${category}`),
                    align: 'end' as const,
                    cell: (past: (typeof data.past)[number]) =>
                      counted(
                        `${said(past.period)}, ${t(`opportunities.forecast.${category}`)}`,
                        past.forecast.categories[category],
                        past.opportunities[category],
                      ),
                  })),
                  {
                    id: 'weighted',
                    header: t('opportunities.figures.weighted'),
                    align: 'end',
                    cell: ({ forecast }) => money(forecast.weighted),
                  },
                  {
                    id: 'came',
                    header: t('opportunities.forecast.came'),
                    align: 'end',
                    cell: ({ period, won, won_criteria }) =>
                      counted(`${said(period)}, ${t('opportunities.forecast.came')}`, won, won_criteria),
                  },
                ]}
              />
            </div>
          </PagePart>
        </>
      )}
      {set && shown && (
        <TargetDrawer
          line={set}
          period={shown.period}
          title={t('opportunities.forecast.set_title', { name: nameOf(set), period: said(shown.period) })}
          onClose={() => setSet(undefined)}
        />
      )}
      {params.behind && (
        <BehindDrawer
          behind={params.behind}
          asked={asked}
          currency={currency}
          onClose={() => onParams({ ...params, behind: undefined })}
        />
      )}
    </Page>
  );
}
