import { Button, Group, Skeleton } from '@mantine/core';
import { IconChartBar } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { WebFormFigures } from '@/api/types';
import { asLanguage, intlLocale } from '@/lib/language';
import { formatCount } from '@/lib/money';
import { GroupedBars } from '@/ui/charts/GroupedBars';
import { DateField } from '@/ui/DateField';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { PagePart } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { formatConversion, stretches } from '../figures';
import { figuresQuery } from '../queries';
import classes from './FiguresTab.module.css';

/** How a form does: from views to leads, by day, by where people came from, and what was refused. */
export function FiguresTab({
  id,
  from,
  to,
  onDays,
}: {
  id: number;
  from: string | undefined;
  to: string | undefined;
  onDays: (days: { from: string | undefined; to: string | undefined }) => void;
}) {
  const { t, i18n } = useTranslation();
  const { data, error, refetch } = useQuery(figuresQuery(id, from, to));
  const number = (count: number) => formatCount(count, i18n.language);
  const label = (stretch: string) => {
    const isMonth = stretch.length === 7;
    const format = new Intl.DateTimeFormat(
      intlLocale(i18n.language),
      isMonth ? { month: 'short', year: '2-digit', timeZone: 'UTC' } : { day: 'numeric', timeZone: 'UTC' },
    );
    return format.format(new Date(`${stretch}${isMonth ? '-01' : ''}T12:00:00Z`));
  };
  return (
    <>
      <Group gap="xs" align="flex-end">
        <DateField
          label={t('common.filter.from')}
          value={from ?? data?.from ?? null}
          onChange={(next) => onDays({ from: next ?? undefined, to })}
        />
        <DateField
          label={t('common.filter.to')}
          value={to ?? data?.to ?? null}
          onChange={(next) => onDays({ from, to: next ?? undefined })}
        />
        {(from || to) && (
          <Button variant="subtle" color="gray" onClick={() => onDays({ from: undefined, to: undefined })}>
            {t('forms.figures.thirty')}
          </Button>
        )}
      </Group>
      {error && <ErrorState error={error} onRetry={() => refetch()} />}
      {!data && !error && <Skeleton height={360} />}
      {data && !error && data.by_day.length === 0 && (
        <EmptyState icon={IconChartBar} title={t('forms.figures.none')} text={t('forms.figures.none_text')} />
      )}
      {data && !error && data.by_day.length > 0 && (
        <>
          <PagePart id="form-funnel" title={t('forms.figures.funnel')}>
            <Funnel total={data.total} />
          </PagePart>
          <PagePart id="form-days" title={t('forms.figures.days')}>
            <GroupedBars
              label={t('forms.figures.days')}
              head={t('forms.figures.day')}
              series={[
                { id: 'views', name: t('forms.views') },
                { id: 'submissions', name: t('forms.submissions') },
              ]}
              groups={stretches(data).map(({ from: stretch, views, submissions }) => ({
                id: stretch,
                label: label(stretch),
                values: [views, submissions],
              }))}
            />
          </PagePart>
          <PagePart id="form-sources" title={t('forms.figures.sources')}>
            <PlainTable
              label={t('forms.figures.sources')}
              rows={data.by_utm_source}
              rowId={({ utm_source }) => utm_source}
              columns={[
                {
                  id: 'source',
                  header: t('forms.figures.source'),
                  cell: ({ utm_source }) => utm_source || t('forms.figures.direct'),
                },
                { id: 'views', header: t('forms.views'), align: 'end', cell: ({ views }) => number(views) },
                {
                  id: 'submissions',
                  header: t('forms.submissions'),
                  align: 'end',
                  cell: ({ submissions }) => number(submissions),
                },
                { id: 'leads', header: t('forms.leads'), align: 'end', cell: ({ leads }) => number(leads) },
                {
                  id: 'conversion',
                  header: t('forms.conversion'),
                  align: 'end',
                  cell: ({ conversion }) => formatConversion(conversion, i18n.language),
                },
              ]}
            />
          </PagePart>
          <PagePart id="form-refused" title={t('forms.figures.refused')} lead={t('forms.figures.refused_hint')}>
            {data.refused.length === 0 ? (
              <p className={classes.none}>{t('forms.figures.none_refused')}</p>
            ) : (
              <PlainTable
                label={t('forms.figures.refused')}
                rows={data.refused}
                rowId={({ reason }) => reason}
                columns={[
                  {
                    id: 'reason',
                    header: t('forms.figures.reason'),
                    cell: ({ label_tr, label_en }) => (asLanguage(i18n.language) === 'tr' ? label_tr : label_en),
                  },
                  { id: 'count', header: t('forms.figures.count'), align: 'end', cell: ({ count }) => number(count) },
                ]}
              />
            )}
          </PagePart>
        </>
      )}
    </>
  );
}

/** From a view to a lead, step by step; beside each step what part of the views it is. */
function Funnel({ total }: { total: WebFormFigures['total'] }) {
  const { t, i18n } = useTranslation();
  const steps = [
    ['views', total.views],
    ['starts', total.starts],
    ['submissions', total.submissions],
    ...(total.to_confirm > 0 ? ([['confirmed', total.confirmed]] as const) : []),
    ['leads', total.leads],
  ] as const;
  const most = Math.max(1, ...steps.map(([, count]) => count));
  return (
    <>
      <ol className={classes.funnel}>
        {steps.map(([step, count]) => (
          <li key={step}>
            <span>{t(`forms.steps.${step}`)}</span>
            <span className={classes.step} style={{ '--part': count / most } as CSSProperties} aria-hidden />
            <b>{formatCount(count, i18n.language)}</b>
            <small>
              {total.views > 0 && formatConversion(Math.round((count * 10_000) / total.views), i18n.language)}
            </small>
          </li>
        ))}
      </ol>
      {total.known_leads > 0 && (
        <p className={classes.none}>
          {t('forms.figures.known', {
            count: total.known_leads,
            number: formatCount(total.known_leads, i18n.language),
          })}
        </p>
      )}
    </>
  );
}
