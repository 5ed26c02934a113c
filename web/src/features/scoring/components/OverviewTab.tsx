import { Skeleton } from '@mantine/core';
import { IconStars } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { formatCount } from '@/lib/money';
import { formatPercent } from '@/lib/percent';
import { GroupedBars } from '@/ui/charts/GroupedBars';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { PagePart } from '@/ui/page/Page';
import { scoringQuery } from '../queries';
import { bandLabels } from '../rules';
import classes from './Scoring.module.css';

/** What makes the scores now, how they are spread, and what came of the leads in each band. */
export function OverviewTab() {
  const { t, i18n } = useTranslation();
  const { data, error, refetch } = useQuery(scoringQuery);
  if (error && !data) return <ErrorState error={error} onRetry={() => refetch()} />;
  if (!data) return <Skeleton height={320} />;
  const total = data.bands.reduce((sum, { leads }) => sum + leads, 0);
  return (
    <>
      <dl className={classes.figures}>
        <div>
          <dt>{t('scoring.overview.source')}</dt>
          <dd>
            {data.source === 'model' && data.model
              ? t('scoring.overview.by_model', { version: data.model.version })
              : t('scoring.overview.by_rules')}
          </dd>
        </div>
        <div>
          <dt>{t('scoring.overview.rules')}</dt>
          <dd>{formatCount(data.rules, i18n.language)}</dd>
        </div>
        <div>
          <dt>{t('scoring.overview.leads')}</dt>
          <dd>{formatCount(total, i18n.language)}</dd>
        </div>
      </dl>
      <PagePart id="score-spread" title={t('scoring.overview.spread')} lead={t('scoring.overview.spread_hint')}>
        {total === 0 ? (
          <EmptyState icon={IconStars} title={t('scoring.overview.none')} text={t('scoring.overview.none_text')} />
        ) : (
          <GroupedBars
            label={t('scoring.overview.spread')}
            head={t('scoring.band')}
            series={[
              { id: 'closed', name: t('scoring.overview.closed') },
              { id: 'open', name: t('scoring.overview.open') },
            ]}
            groups={data.bands.map(({ open, converted, disqualified, conversion_rate }, place) => ({
              label: bandLabels[place] ?? '',
              values: [converted + disqualified, open],
              note: conversion_rate == null ? '' : formatPercent(conversion_rate / 10_000, i18n.language),
            }))}
          />
        )}
      </PagePart>
    </>
  );
}
