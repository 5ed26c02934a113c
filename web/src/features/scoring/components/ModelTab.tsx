import { ActionIcon, Alert, Badge, Button, Group, Skeleton, Text } from '@mantine/core';
import { IconBrain, IconChartDots } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { opportunityModelQuery } from '@/api/opportunity-model';
import { may, useMe } from '@/api/session';
import type { ModelVersion } from '@/api/types';
import { formatCount } from '@/lib/money';
import { formatFigure } from '@/lib/percent';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { PagePart } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { showNote, showRefusal } from '@/ui/toasts';
import { When } from '@/ui/When';
import { featuresQuery, modelsQuery, type Scored, scoringQuery, useActivate, useTrain } from '../queries';
import { Features } from './Features';
import { ModelFields } from './ModelFields';
import { Quality } from './Quality';
import classes from './Scoring.module.css';

/** How often the newest version is asked for while one is being learned, and for how long. */
const ASK_EVERY_MS = 1500;
const GIVE_UP_AFTER_MS = 120_000;

/** A model that learns from leads or opportunities that were won and lost: what it looks at, its versions, and how good each is. */
export function ModelTab({
  of,
  version: chosen,
  onVersion,
}: {
  of: Scored;
  /** Which is looked at; the one in force without it. */
  version: string | undefined;
  onVersion: (version: string | undefined) => void;
}) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const mayManage = may(me, 'scoring.manage');
  const textOf = useErrorText();
  const client = useQueryClient();
  const train = useTrain(of);
  const activate = useActivate(of);
  /** The newest version when the training was asked for; -1 when there was none. */
  const [waitsFor, setWaitsFor] = useState<number>();
  const { data, error, refetch } = useQuery({
    ...modelsQuery(of),
    refetchInterval: waitsFor === undefined ? false : ASK_EVERY_MS,
  });
  const { data: features } = useQuery(featuresQuery(of));
  /** Words that differ are said of opportunities; of leads they are the plain ones. */
  const context = of === 'leads' ? undefined : of;
  const newest = data?.[0];
  const isLearning = waitsFor !== undefined;

  useEffect(() => {
    if (waitsFor === undefined || newest === undefined || newest.id === waitsFor) return;
    setWaitsFor(undefined);
    const stale = of === 'leads' ? [featuresQuery(of), scoringQuery] : [opportunityModelQuery];
    for (const { queryKey } of stale) client.invalidateQueries({ queryKey });
    if (newest.quality) showNote(t('scoring.model.learned', { version: newest.version }));
  }, [newest, waitsFor, client, t, of]);
  useEffect(() => {
    if (waitsFor === undefined) return;
    const timer = setTimeout(() => setWaitsFor(undefined), GIVE_UP_AFTER_MS);
    return () => clearTimeout(timer);
  }, [waitsFor]);

  if (error && !data) return <ErrorState error={error} onRetry={() => refetch()} />;
  if (!data) return <Skeleton height={420} />;
  const active = data.find(({ is_active }) => is_active);
  const shown = data.find(({ version }) => String(version) === chosen) ?? active ?? data.find(({ quality }) => quality);
  const refuse = (refusal: unknown) => showRefusal(textOf(refusal));
  const learn = () => train.mutate(undefined, { onSuccess: () => setWaitsFor(newest?.id ?? -1), onError: refuse });
  const put = (version: ModelVersion | undefined) =>
    activate.mutate(version?.id, {
      onSuccess: () =>
        showNote(
          version
            ? t('scoring.model.activated', { version: version.version, context })
            : t('scoring.model.deactivated', { context }),
        ),
      onError: refuse,
    });
  const refusal = newest?.refusal;

  return (
    <>
      <Group gap="xs">
        {mayManage && (
          <Button
            leftSection={<IconBrain size={15} aria-hidden />}
            onClick={learn}
            loading={train.isPending || isLearning}
          >
            {t('scoring.model.train')}
          </Button>
        )}
        {mayManage && active && (
          <Button variant="default" onClick={() => put(undefined)} loading={activate.isPending}>
            {t('scoring.model.back_to_rules', { context })}
          </Button>
        )}
        <Text size="sm" c="dimmed" role="status">
          {isLearning
            ? t('scoring.model.learning')
            : active
              ? t('scoring.model.weekly')
              : t('scoring.model.not_in_force', { context })}
        </Text>
      </Group>
      {refusal && !isLearning && (
        <Alert color="orange" variant="light" title={t('scoring.model.refused')} role="alert">
          {i18n.language === 'tr' ? refusal.reason_tr : refusal.reason_en}{' '}
          {t('scoring.model.refused_hint', { context })}
        </Alert>
      )}
      {of === 'leads' && (
        <PagePart id="model-fields" title={t('scoring.model.fields')} lead={t('scoring.model.fields_hint')}>
          <ModelFields />
        </PagePart>
      )}
      <PagePart id="model-versions" title={t('scoring.model.versions')}>
        <PlainTable
          label={t('scoring.model.versions')}
          rows={data}
          rowId={({ id }) => id}
          columns={[
            {
              id: 'version',
              header: t('scoring.model.version'),
              cell: (version) => (
                <Group gap={8} wrap="nowrap">
                  {version.version}
                  {version.is_active && (
                    <Badge variant="light" color="green" size="sm">
                      {t('scoring.model.in_force')}
                    </Badge>
                  )}
                </Group>
              ),
            },
            {
              id: 'at',
              header: t('scoring.model.trained_at'),
              cell: ({ trained_at }) => <When at={trained_at} style="date-time" />,
            },
            {
              id: 'history',
              header: t('scoring.model.history'),
              cell: ({ won, lost }) =>
                t('scoring.model.won_lost', {
                  won: formatCount(won, i18n.language),
                  lost: formatCount(lost, i18n.language),
                }),
            },
            {
              id: 'auc',
              header: 'AUC',
              align: 'end',
              cell: ({ quality }) =>
                quality ? formatFigure(quality.auc, i18n.language) : t('scoring.model.nothing_learned'),
            },
            {
              id: 'brier',
              header: 'Brier',
              align: 'end',
              cell: ({ quality }) => (quality ? formatFigure(quality.brier, i18n.language) : '—'),
            },
          ]}
          actions={(version) =>
            version.quality && (
              <>
                {mayManage && !version.is_active && (
                  <Button
                    variant="default"
                    size="compact-sm"
                    aria-label={t('scoring.model.activate_named', { version: version.version })}
                    loading={activate.isPending && activate.variables === version.id}
                    onClick={() => put(version)}
                  >
                    {t('scoring.model.activate')}
                  </Button>
                )}
                <ActionIcon
                  aria-label={t('scoring.model.look', { version: version.version })}
                  aria-pressed={version === shown}
                  onClick={() => onVersion(String(version.version))}
                >
                  <IconChartDots size={16} aria-hidden />
                </ActionIcon>
              </>
            )
          }
          empty={
            <EmptyState
              icon={IconBrain}
              title={t('scoring.model.none')}
              text={t('scoring.model.none_text', { context })}
            >
              {mayManage && (
                <Button variant="default" onClick={learn} loading={train.isPending || isLearning}>
                  {t('scoring.model.train')}
                </Button>
              )}
            </EmptyState>
          }
        />
      </PagePart>
      {shown?.quality && (
        <PagePart
          id="model-quality"
          title={t('scoring.quality.title', { version: shown.version })}
          lead={t('scoring.quality.hint', { context })}
        >
          <Quality quality={shown.quality} context={context} />
        </PagePart>
      )}
      {shown?.is_active && features && features.length > 0 && (
        <PagePart id="model-features" title={t('scoring.features.title')} lead={t('scoring.features.hint')}>
          <Features features={features} context={context} />
        </PagePart>
      )}
      <p className={classes.hint}>{t('scoring.model.privacy')}</p>
    </>
  );
}
