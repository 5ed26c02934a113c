import { ActionIcon, Button, Skeleton, Switch } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash, IconUsersGroup } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import { may, useMe } from '@/api/session';
import type { AssignmentRule } from '@/api/types';
import { asLanguage } from '@/lib/language';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { PagePart } from '@/ui/page/Page';
import { SortableList } from '@/ui/sortable/SortableList';
import { showRefusal, showUndo } from '@/ui/toasts';
import { useMinutes } from '../minutes';
import { rulesQuery, useDeleteRule, useOrderRules, useSwitchRule } from '../queries';
import classes from './Assignment.module.css';
import { RuleDrawer } from './RuleDrawer';

/** The rules in their order: the first that is met and has somebody free decides. */
export function RulesTab({
  opened,
  onOpen,
}: {
  /** A rule's id, or `new`. */
  opened: string | undefined;
  onOpen: (rule: string | undefined) => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const mayManage = may(me, 'assignment.manage');
  const textOf = useErrorText();
  const { data, error, refetch } = useQuery(rulesQuery);
  const flip = useSwitchRule();
  const order = useOrderRules();
  const remove = useDeleteRule();
  const [doomed, setDoomed] = useState<AssignmentRule>();
  const refuse = (refusal: unknown) => showRefusal(textOf(refusal));
  const edited = data?.find(({ id }) => String(id) === opened);

  if (error && !data) return <ErrorState error={error} onRetry={() => refetch()} />;
  if (!data) return <Skeleton height={320} />;
  const add = mayManage && (
    <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => onOpen('new')}>
      {t('assignment.rules.new')}
    </Button>
  );
  const line = (rule: AssignmentRule, place: number) => (
    <div className={classes.rule}>
      <span className={classes.place} aria-hidden>
        {place + 1}
      </span>
      <div className={classes.named}>
        {mayManage ? (
          <button type="button" className={classes.open} onClick={() => onOpen(String(rule.id))}>
            {rule.name}
          </button>
        ) : (
          rule.name
        )}
        <Facts rule={rule} />
      </div>
      {mayManage && (
        <>
          <Switch
            checked={rule.is_active}
            aria-label={t('assignment.rules.switch', { name: rule.name })}
            onChange={({ currentTarget: { checked } }) =>
              flip.mutate(
                { id: rule.id, is_active: checked },
                {
                  onSuccess: (operation) =>
                    showUndo(
                      t(checked ? 'assignment.rules.on' : 'assignment.rules.off', { name: rule.name }),
                      operation,
                    ),
                  onError: refuse,
                },
              )
            }
          />
          <ActionIcon
            aria-label={t('assignment.rules.edit', { name: rule.name })}
            onClick={() => onOpen(String(rule.id))}
          >
            <IconPencil size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon aria-label={t('assignment.rules.delete', { name: rule.name })} onClick={() => setDoomed(rule)}>
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </>
      )}
    </div>
  );

  return (
    <PagePart
      id="assignment-rules"
      title={t('assignment.tabs.rules')}
      lead={t('assignment.rules.hint')}
      actions={data.length > 0 && add}
    >
      {data.length === 0 ? (
        <EmptyState icon={IconUsersGroup} title={t('assignment.rules.none')} text={t('assignment.rules.none_text')}>
          {add}
        </EmptyState>
      ) : (
        <SortableList
          label={t('assignment.tabs.rules')}
          items={data}
          idOf={({ id }) => id}
          nameOf={({ name }) => name}
          onOrder={
            mayManage
              ? (rules) =>
                  order.mutate(rules, {
                    onSuccess: (operation) => showUndo(t('assignment.rules.ordered'), operation),
                    onError: refuse,
                  })
              : undefined
          }
        >
          {line}
        </SortableList>
      )}
      {mayManage && (opened === 'new' || edited) && (
        <RuleDrawer key={opened} rule={edited} rules={data} onClose={() => onOpen(undefined)} />
      )}
      <ConfirmDialog
        opened={doomed !== undefined}
        title={t('assignment.rules.delete_title', { name: doomed?.name })}
        text={t('assignment.rules.delete_text')}
        confirm={t('assignment.rules.delete_confirm')}
        onClose={() => setDoomed(undefined)}
        onConfirm={() =>
          doomed &&
          remove.mutate(doomed.id, {
            onSuccess: (operation) => showUndo(t('assignment.rules.deleted', { name: doomed.name }), operation),
            onError: refuse,
          })
        }
      />
    </PagePart>
  );
}

/** Whom a rule gives which leads, and what they have to do with them. */
function Facts({ rule }: { rule: AssignmentRule }) {
  const { t, i18n } = useTranslation();
  const { byName } = useRecordFields('leads');
  const minutes = useMinutes();
  const nameOf = (field: string, id: number) =>
    byName.get(field)?.choices.find(({ value }) => value === String(id))?.label ?? `#${id}`;
  const pool = [
    ...(rule.teams ?? []).map((id) => nameOf('team_id', id)),
    ...(rule.users ?? []).map((id) => nameOf('assigned_to', id)),
  ];
  const isAll = JSON.stringify(rule.criteria) === '{"all":[]}' || JSON.stringify(rule.criteria) === '{}';
  const said = rule.sentence?.[asLanguage(i18n.language)];
  return (
    <>
      <span className={classes.sentence}>
        {isAll ? t('assignment.rules.everyone') : (said ?? t('assignment.rules.unreadable'))}
      </span>
      <span className={classes.facts}>
        <span>{t(`assignment.strategies.${rule.strategy}`)}</span>
        {pool.length > 0 && (
          <span>
            {pool.length > 4
              ? t('assignment.rules.and_more', { names: pool.slice(0, 3).join(', '), count: pool.length - 3 })
              : pool.join(', ')}
          </span>
        )}
        {rule.only_at_work && <span>{t('assignment.rules.at_work')}</span>}
        {rule.sla_minutes != null && <span>{t('assignment.rules.within', { span: minutes(rule.sla_minutes) })}</span>}
      </span>
    </>
  );
}
