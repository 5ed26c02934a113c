import { NativeSelect, Skeleton } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { pipelinesQuery } from '@/api/pipelines';
import { recordFieldsQuery } from '@/api/record-fields';
import { formatDate } from '@/lib/dates';
import { formatCount, formatMoney } from '@/lib/money';
import { GroupedBars } from '@/ui/charts/GroupedBars';
import { ShareBar, ShareLegend } from '@/ui/charts/ShareBar';
import { ErrorState } from '@/ui/ErrorState';
import { Page, PagePart } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { useLanguage } from '@/ui/use-language';
import { BehindDrawer } from '../components/BehindDrawer';
import { Figure } from '../components/Figure';
import { FigureFilters } from '../components/FigureFilters';
import classes from '../components/Figures.module.css';
import {
  breakdowns,
  type FigureParams,
  type Outcomes,
  pipelineFiguresQuery,
  type StageFigures,
  windowQuery,
} from '../figures';

/** A pipeline in figures: what stands in it, how it flows, and what it has won. */
export function PipelinePage({ params, onParams }: { params: FigureParams; onParams: (params: FigureParams) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { data: days } = useSuspenseQuery(windowQuery);
  const { data: pipelines } = useSuspenseQuery(pipelinesQuery);
  const { data: fields } = useSuspenseQuery(recordFieldsQuery('opportunities'));
  const asked = { ...params, from: params.from ?? days.back.from, to: params.to ?? days.back.to };
  const { data, error, refetch } = useQuery(pipelineFiguresQuery(asked));
  const by = params.by ?? 'by_rep';
  const count = (value?: number) => (value === undefined ? '—' : formatCount(value, language));
  const decimal = (value: string | null | undefined, unit: 'percent' | 'days') =>
    value == null
      ? '—'
      : t(`opportunities.figures.${unit}_of`, {
          value: Number(value).toLocaleString(language, { maximumFractionDigits: 2 }),
        });
  const money = (value?: string | null) =>
    value == null ? '—' : formatMoney(value, data?.currency ?? 'TRY', language, { compact: true });
  const onBehind = (behind: string) => onParams({ ...params, behind });
  const nameOf = ({ key }: Outcomes) => {
    if (!key) return t('opportunities.figures.unknown');
    if (typeof key === 'object') return key.name ?? t('opportunities.figures.unknown');
    const choice = fields.find(({ name }) => name === by.slice(3))?.choices.find(({ value }) => value === key);
    return (language === 'tr' ? choice?.label_tr : choice?.label_en) ?? key;
  };
  const stageName = ({ name_tr, name_en }: { name_tr: string; name_en: string }) =>
    language === 'tr' ? name_tr : name_en;
  const shares = [
    t('opportunities.figures.went_on'),
    t('opportunities.figures.lost'),
    t('opportunities.figures.still_open'),
  ];
  const cohort = (stage: StageFigures, part: 'entered' | 'went_on' | 'lost' | 'open', name: string) => (
    <Figure
      label={`${stageName(stage)}, ${name}`}
      criteria={stage.cohort[part] ? stage.opportunities[part] : undefined}
      onBehind={onBehind}
    >
      {count(stage.cohort[part])}
    </Figure>
  );
  const stayed = (stage: StageFigures, part: 'median' | 'p80') => {
    const days = stage.time_in_stage[`${part}_days`];
    return (
      <Figure
        label={`${stageName(stage)}, ${t(`opportunities.figures.${part}`)}`}
        criteria={stage.time_in_stage.left ? stage.opportunities.left : undefined}
        onBehind={onBehind}
      >
        {decimal(days == null ? null : String(days), 'days')}
      </Figure>
    );
  };
  return (
    <Page
      wide
      title={t('opportunities.figures.title')}
      lead={
        days.isElsewhere && !params.from && !params.to
          ? t('opportunities.figures.elsewhere', {
              from: formatDate(days.back.from, 'date', language),
              to: formatDate(days.back.to, 'date', language),
            })
          : undefined
      }
    >
      <FigureFilters
        kind="pipeline"
        params={{ ...params, pipeline: params.pipeline ?? pipelines.find((one) => one.is_default)?.id }}
        days={days.back}
        onParams={onParams}
      />
      {error && <ErrorState error={error} onRetry={() => refetch()} />}
      {!data && !error && <Skeleton height={640} />}
      {data && !error && (
        <>
          <PagePart id="now" title={t('opportunities.figures.stages')}>
            <div className={classes.wide}>
              <PlainTable
                label={t('opportunities.figures.stages')}
                rows={data.stages}
                rowId={({ stage_id }) => stage_id}
                empty={null}
                columns={[
                  { id: 'stage', header: t('opportunities.figures.stage'), cell: stageName },
                  {
                    id: 'count',
                    header: t('opportunities.figures.number'),
                    align: 'end',
                    cell: (stage) => (
                      <Figure
                        label={stageName(stage)}
                        criteria={stage.criteria ?? stage.opportunities.standing}
                        onBehind={onBehind}
                      >
                        {count(stage.count)}
                      </Figure>
                    ),
                  },
                  {
                    id: 'amount',
                    header: t('opportunities.figures.amount'),
                    align: 'end',
                    cell: (stage) => (
                      <Figure
                        label={stageName(stage)}
                        criteria={stage.criteria ?? stage.opportunities.standing}
                        onBehind={onBehind}
                      >
                        {money(stage.amount)}
                      </Figure>
                    ),
                  },
                  {
                    id: 'weighted',
                    header: t('opportunities.figures.weighted'),
                    align: 'end',
                    cell: (stage) =>
                      stage.outcome === 'open' ? (
                        <Figure
                          label={`${stageName(stage)}, ${t('opportunities.figures.weighted')}`}
                          criteria={stage.criteria ?? stage.opportunities.standing}
                          onBehind={onBehind}
                        >
                          {money(stage.weighted)}
                        </Figure>
                      ) : (
                        '—'
                      ),
                  },
                  {
                    id: 'age',
                    header: t('opportunities.figures.age'),
                    align: 'end',
                    cell: ({ mean_age_days, outcome }) => (outcome === 'open' ? decimal(mean_age_days, 'days') : '—'),
                  },
                ]}
              />
            </div>
          </PagePart>
          <PagePart id="funnel" title={t('opportunities.figures.funnel')} lead={t('opportunities.figures.funnel_lead')}>
            <ShareLegend names={shares} />
            <div className={classes.wide}>
              <PlainTable
                label={t('opportunities.figures.funnel')}
                rows={data.stages.filter(({ outcome }) => outcome === 'open')}
                rowId={({ stage_id }) => stage_id}
                empty={null}
                columns={[
                  { id: 'stage', header: t('opportunities.figures.stage'), cell: stageName },
                  {
                    id: 'entered',
                    header: t('opportunities.figures.entered'),
                    align: 'end',
                    cell: (stage) => cohort(stage, 'entered', t('opportunities.figures.entered')),
                  },
                  ...(['went_on', 'lost', 'open'] as const).map((part, place) => ({
                    id: part,
                    header: shares[place] ?? part,
                    align: 'end' as const,
                    cell: (stage: StageFigures) => cohort(stage, part, shares[place] ?? part),
                  })),
                  {
                    id: 'bar',
                    header: t('opportunities.figures.share'),
                    cell: ({ cohort }) => (
                      <ShareBar
                        shares={(['went_on', 'lost', 'open'] as const).map((part, place) => ({
                          id: part,
                          name: shares[place] ?? part,
                          value: cohort[part],
                        }))}
                      />
                    ),
                  },
                  {
                    id: 'median',
                    header: t('opportunities.figures.median'),
                    align: 'end',
                    cell: (stage) => stayed(stage, 'median'),
                  },
                  {
                    id: 'p80',
                    header: t('opportunities.figures.p80'),
                    align: 'end',
                    cell: (stage) => stayed(stage, 'p80'),
                  },
                ]}
              />
            </div>
          </PagePart>
          <PagePart id="velocity" title={t('opportunities.figures.velocity')}>
            <dl className={classes.tiles}>
              {(
                [
                  ['won', data.win_rate?.total.won, data.win_rate?.total.won_criteria],
                  ['lost', data.win_rate?.total.lost, data.win_rate?.total.lost_criteria],
                ] as const
              ).map(([name, value, criteria]) => (
                <div key={name}>
                  <dt>{t(`opportunities.figures.${name}`)}</dt>
                  <dd>
                    <Figure label={t(`opportunities.figures.${name}`)} criteria={criteria} onBehind={onBehind}>
                      {count(value)}
                    </Figure>
                  </dd>
                </div>
              ))}
              {[
                ['win_rate', decimal(data.win_rate?.total.win_rate, 'percent')],
                ['won_amount', money(data.win_rate?.total.won_amount)],
                ['mean_won', money(data.velocity.mean_won_amount)],
                ['cycle', decimal(data.velocity.cycle_days, 'days')],
                ['per_day', money(data.velocity.per_day)],
              ].map(([name, value]) => (
                <div key={name}>
                  <dt>{t(`opportunities.figures.${name}`)}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
              {(
                [
                  ['pushed', count(data.slippage?.pushed_opportunities), 'pushes'],
                  ['pushes', count(data.slippage?.pushes), 'pushes'],
                  ['mean_push', decimal(data.slippage?.mean_push_days, 'days'), 'pushes'],
                  ['pulls', count(data.slippage?.pulls), 'pulls'],
                ] as const
              ).map(([name, value, moves]) => (
                <div key={name}>
                  <dt>{t(`opportunities.figures.${name}`)}</dt>
                  <dd>
                    <Figure
                      label={t(`opportunities.figures.${name}`)}
                      criteria={data.slippage?.[moves] ? data.slippage_opportunities[moves] : undefined}
                      onBehind={onBehind}
                    >
                      {value}
                    </Figure>
                  </dd>
                </div>
              ))}
            </dl>
          </PagePart>
          <PagePart
            id="outcomes"
            title={t('opportunities.figures.outcomes')}
            actions={
              <NativeSelect
                aria-label={t('opportunities.figures.by')}
                value={by}
                data={breakdowns.map((value) => ({ value, label: t(`opportunities.figures.${value}`) }))}
                onChange={({ currentTarget: { value } }) =>
                  onParams({ ...params, by: breakdowns.find((one) => one === value) })
                }
              />
            }
          >
            {by === 'by_month' && data.win_rate && data.win_rate.by_month.length > 0 && (
              <GroupedBars
                label={t('opportunities.figures.by_month')}
                head={t('opportunities.figures.by_month')}
                series={[
                  { id: 'lost', name: t('opportunities.figures.lost') },
                  { id: 'won', name: t('opportunities.figures.won') },
                ]}
                groups={data.win_rate.by_month.map((one) => ({
                  id: String(one.key),
                  label: nameOf(one),
                  values: [one.lost, one.won],
                }))}
              />
            )}
            <div className={classes.wide}>
              <PlainTable
                label={t('opportunities.figures.outcomes')}
                rows={data.win_rate?.[by] ?? []}
                rowId={({ key }) => (typeof key === 'string' ? key : (key?.id ?? 0))}
                empty={<p className={classes.note}>{t('opportunities.figures.none_closed')}</p>}
                columns={[
                  { id: 'name', header: t(`opportunities.figures.${by}`), cell: nameOf },
                  ...(['won', 'lost'] as const).map((name) => ({
                    id: name,
                    header: t(`opportunities.figures.${name}`),
                    align: 'end' as const,
                    cell: (one: Outcomes) => (
                      <Figure
                        label={`${nameOf(one)}, ${t(`opportunities.figures.${name}`)}`}
                        criteria={one[name] ? (one[`${name}_criteria`] ?? one.opportunities?.[name]) : undefined}
                        onBehind={onBehind}
                      >
                        {count(one[name])}
                      </Figure>
                    ),
                  })),
                  {
                    id: 'rate',
                    header: t('opportunities.figures.win_rate'),
                    align: 'end',
                    cell: ({ win_rate }) => decimal(win_rate, 'percent'),
                  },
                  {
                    id: 'amount',
                    header: t('opportunities.figures.won_amount'),
                    align: 'end',
                    cell: (one) => (
                      <Figure
                        label={`${nameOf(one)}, ${t('opportunities.figures.won_amount')}`}
                        criteria={one.won ? (one.won_criteria ?? one.opportunities?.won) : undefined}
                        onBehind={onBehind}
                      >
                        {money(one.won_amount)}
                      </Figure>
                    ),
                  },
                ]}
              />
            </div>
          </PagePart>
        </>
      )}
      {params.behind && (
        <BehindDrawer
          behind={params.behind}
          asked={asked}
          currency={data?.currency ?? 'TRY'}
          onClose={() => onParams({ ...params, behind: undefined })}
        />
      )}
    </Page>
  );
}
