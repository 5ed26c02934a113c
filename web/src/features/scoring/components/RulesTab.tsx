import { ActionIcon, Alert, Button, Skeleton, Switch } from '@mantine/core';
import { IconListCheck, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { ScoreRule } from '@/api/types';
import { asLanguage } from '@/lib/language';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { PagePart } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { showNote, showRefusal } from '@/ui/toasts';
import { rulesQuery, scoringQuery, useDeleteRule, useSwitchRule } from '../queries';
import { rulesOf, signed } from '../rules';
import { RuleDrawer } from './RuleDrawer';
import classes from './Scoring.module.css';

const kinds = ['fit', 'engagement'] as const;

/** The rules of scores: points for what a lead is, and for what it does. */
export function RulesTab({
  opened,
  onOpen,
}: {
  /** A rule's id, or the kind of a new one. */
  opened: string | undefined;
  onOpen: (rule: string | undefined) => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const mayManage = may(me, 'scoring.manage');
  const textOf = useErrorText();
  const { data, error, refetch } = useQuery(rulesQuery);
  const { data: scoring } = useQuery(scoringQuery);
  const flip = useSwitchRule();
  const remove = useDeleteRule();
  const [doomed, setDoomed] = useState<ScoreRule>();
  const refuse = (refusal: unknown) => showRefusal(textOf(refusal));
  const edited = data?.find(({ id }) => String(id) === opened);
  const fresh = kinds.find((kind) => kind === opened);

  if (error && !data) return <ErrorState error={error} onRetry={() => refetch()} />;
  if (!data) return <Skeleton height={360} />;
  return (
    <>
      {scoring?.source === 'model' && (
        <Alert color="petrol" variant="light">
          {t('scoring.rules.beside_model')}{' '}
          <Link to="/settings/scoring" search={{ tab: 'model' }} activeOptions={{ exact: true }}>
            {t('scoring.tabs.model')}
          </Link>
        </Alert>
      )}
      {kinds.map((kind) => (
        <PagePart
          key={kind}
          id={`rules-${kind}`}
          title={t(`scoring.rules.${kind}`)}
          lead={t(`scoring.rules.${kind}_hint`)}
          actions={
            mayManage && (
              <Button variant="default" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => onOpen(kind)}>
                {t(`scoring.rules.new_${kind}`)}
              </Button>
            )
          }
        >
          <PlainTable
            label={t(`scoring.rules.${kind}`)}
            rows={rulesOf(data, kind)}
            rowId={({ id }) => id}
            columns={[
              {
                id: 'name',
                header: t('scoring.rules.name'),
                cell: (rule) => (
                  <span className={classes.named}>
                    {mayManage ? (
                      <button type="button" className={classes.open} onClick={() => onOpen(String(rule.id))}>
                        {rule.name}
                      </button>
                    ) : (
                      rule.name
                    )}
                    <Sentence rule={rule} />
                  </span>
                ),
              },
              {
                id: 'points',
                header: t('scoring.rules.points'),
                align: 'end',
                cell: ({ points }) => <Points points={points} />,
              },
              {
                id: 'active',
                header: t('scoring.rules.active'),
                cell: (rule) =>
                  mayManage ? (
                    <Switch
                      checked={rule.is_active}
                      aria-label={t('scoring.rules.switch', { name: rule.name })}
                      onChange={({ currentTarget }) =>
                        flip.mutate({ rule, is_active: currentTarget.checked }, { onError: refuse })
                      }
                    />
                  ) : (
                    t(rule.is_active ? 'common.yes' : 'common.no')
                  ),
              },
            ]}
            actions={
              mayManage
                ? (rule) => (
                    <>
                      <ActionIcon
                        aria-label={t('scoring.rules.edit', { name: rule.name })}
                        onClick={() => onOpen(String(rule.id))}
                      >
                        <IconPencil size={16} aria-hidden />
                      </ActionIcon>
                      <ActionIcon
                        aria-label={t('scoring.rules.delete', { name: rule.name })}
                        onClick={() => setDoomed(rule)}
                      >
                        <IconTrash size={16} aria-hidden />
                      </ActionIcon>
                    </>
                  )
                : undefined
            }
            empty={
              <EmptyState
                icon={IconListCheck}
                title={t(`scoring.rules.none_${kind}`)}
                text={t(`scoring.rules.none_${kind}_text`)}
              />
            }
          />
        </PagePart>
      ))}
      {mayManage && (edited || fresh) && (
        <RuleDrawer
          key={opened}
          rule={edited}
          kind={edited?.kind ?? fresh ?? 'fit'}
          rules={data}
          onClose={() => onOpen(undefined)}
        />
      )}
      <ConfirmDialog
        opened={doomed !== undefined}
        title={t('scoring.rules.delete_title', { name: doomed?.name })}
        text={t('scoring.rules.delete_text')}
        confirm={t('scoring.rules.delete_confirm')}
        onClose={() => setDoomed(undefined)}
        onConfirm={() =>
          doomed &&
          remove.mutate(doomed.id, {
            onSuccess: () => showNote(t('scoring.rules.deleted', { name: doomed.name })),
            onError: refuse,
          })
        }
      />
    </>
  );
}

/** Points, for or against. */
export function Points({ points }: { points: number }) {
  const { i18n } = useTranslation();
  return <span className={points > 0 ? classes.good : classes.bad}>{signed(points, i18n.language)}</span>;
}

/** Whom a rule gives its points, in words. */
function Sentence({ rule }: { rule: ScoreRule }) {
  const { t, i18n } = useTranslation();
  if (rule.kind === 'engagement') {
    const touch = t(`scoring.touches.${rule.touch}`);
    return (
      <small>
        {rule.half_life_days
          ? t('scoring.rules.halved', { touch, count: rule.half_life_days })
          : t('scoring.rules.lasting', { touch })}
      </small>
    );
  }
  return <small>{rule.sentence?.[asLanguage(i18n.language)] ?? t('scoring.rules.unreadable')}</small>;
}
