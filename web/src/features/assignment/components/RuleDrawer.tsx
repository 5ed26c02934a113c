import { Button, MultiSelect, NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { recordSentenceQuery, useRecordFields } from '@/api/record-fields';
import type { AssignmentRule, AssignmentRuleInput } from '@/api/types';
import { CriteriaField, criteriaDraft } from '@/ui/filters/CriteriaField';
import { type Criteria, everything } from '@/ui/filters/criteria';
import { foldedOptions } from '@/ui/folded-options';
import { errorsOf, FormDrawer, Refusal } from '@/ui/form/FormDrawer';
import { showUndo } from '@/ui/toasts';
import { inputOf, useSaveRule, useTryRules } from '../queries';
import { Tried } from './Tried';

const fields = [
  'name',
  'criteria',
  'strategy',
  'users',
  'teams',
  'skill_fields',
  'only_at_work',
  'sla_minutes',
  'fallback_user_id',
];
const strategies = ['round_robin', 'least_load', 'skills', 'territory', 'sticky_owner'] as const;
/** Days of the past that a rule is tried on while it is written. */
const DAYS = 90;

/** A rule being made or changed; beside it, what it would have done. */
export function RuleDrawer({
  rule,
  rules,
  onClose,
}: {
  rule: AssignmentRule | undefined;
  /** All there are: they are tried together. */
  rules: AssignmentRule[];
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { list, byName } = useRecordFields('leads');
  const save = useSaveRule();
  const trial = useTryRules();
  const [criteria, setCriteria] = useState(() => criteriaDraft(wholeOf(rule?.criteria), list));
  const form = useForm({
    initialValues: {
      name: rule?.name ?? '',
      strategy: rule?.strategy ?? ('round_robin' as AssignmentRule['strategy']),
      users: (rule?.users ?? []).map(String),
      teams: (rule?.teams ?? []).map(String),
      skill_fields: rule?.skill_fields ?? [],
      only_at_work: rule?.only_at_work ?? false,
      sla_minutes: String(rule?.sla_minutes ?? ''),
      fallback_user_id: rule?.fallback_user_id == null ? null : String(rule.fallback_user_id),
      is_active: rule?.is_active ?? true,
    },
    // Other rules than those that were tried.
    onValuesChange: () => trial.reset(),
  });
  const { strategy } = form.values;
  const people = byName.get('assigned_to')?.choices ?? [];
  const teams = byName.get('team_id')?.choices ?? [];
  const texts = list
    .filter(({ kind, is_writable, is_custom }) => kind === 'text' && is_writable && !is_custom)
    .map(({ name, label }) => ({ value: name, label }));

  const written = (): AssignmentRuleInput | undefined => {
    if (!criteria.criteria) {
      form.setFieldError('criteria', t('assignment.rules.criteria_missing'));
      return undefined;
    }
    const { users, teams: chosen, sla_minutes, fallback_user_id, skill_fields, ...values } = form.values;
    return {
      ...values,
      entity: 'lead',
      criteria: criteria.criteria as unknown as Record<string, unknown>,
      users: users.map(Number),
      teams: chosen.map(Number),
      skill_fields: strategy === 'skills' ? skill_fields : [],
      sla_minutes: sla_minutes === '' ? null : Number(sla_minutes),
      fallback_user_id: fallback_user_id === null ? null : Number(fallback_user_id),
    };
  };
  const refuse = (error: unknown) => form.setErrors(errorsOf(error, fields));
  const submit = form.onSubmit(() => {
    const body = written();
    if (!body) return;
    save.mutate(
      { id: rule?.id, ...body },
      {
        onSuccess: (operation) => {
          showUndo(t('assignment.rules.saved', { name: body.name }), operation);
          onClose();
        },
        onError: refuse,
      },
    );
  });
  const tryOut = () => {
    const body = written();
    if (!body) return;
    // A name is asked for on saving; a trial can do without.
    const tried = { ...body, name: body.name || t('assignment.rules.new'), is_active: true };
    const place = rule ? rules.findIndex(({ id }) => id === rule.id) : rules.length;
    const all = rules.map((other, at) => (at === place ? tried : inputOf(other)));
    const asked = [...all, ...(rule ? [] : [tried])].filter(({ is_active }) => is_active);
    trial.mutate({ rules: asked, days: DAYS }, { onError: (error) => refuse(unplaced(error)) });
  };

  return (
    <FormDrawer
      opened
      onClose={onClose}
      size={700}
      title={rule ? rule.name : t('assignment.rules.new')}
      submit={t('common.save')}
      onSubmit={submit}
      isPending={save.isPending}
      error={save.error}
      fields={fields}
      errors={form.errors}
      actions={
        <Button variant="default" onClick={tryOut} loading={trial.isPending}>
          {t('assignment.rules.try')}
        </Button>
      }
    >
      <TextInput label={t('assignment.rules.name')} data-autofocus {...form.getInputProps('name')} />
      <CriteriaField
        label={t('assignment.rules.criteria')}
        empty={t('assignment.rules.everyone')}
        fields={list}
        value={criteria}
        onChange={(next) => {
          setCriteria(next);
          form.clearFieldError('criteria');
          trial.reset();
        }}
        ask={(asked, enabled) => recordSentenceQuery('leads', asked, enabled)}
        counted={(count, number) => t('assignment.finds', { count, number })}
        error={form.errors.criteria}
      />
      <Select
        label={t('assignment.rules.strategy')}
        description={t(`assignment.hints.${strategy}`)}
        data={strategies.map((value) => ({ value, label: t(`assignment.strategies.${value}`) }))}
        allowDeselect={false}
        {...form.getInputProps('strategy')}
      />
      {strategy === 'skills' && (
        <MultiSelect
          label={t('assignment.rules.skill_fields')}
          description={t('assignment.rules.skill_fields_hint')}
          data={texts}
          searchable
          filter={foldedOptions}
          {...form.getInputProps('skill_fields')}
        />
      )}
      <MultiSelect
        label={t('assignment.rules.teams')}
        data={teams}
        searchable
        filter={foldedOptions}
        nothingFoundMessage={t('common.nothing_found')}
        {...form.getInputProps('teams')}
      />
      <MultiSelect
        label={t('assignment.rules.users')}
        description={strategy === 'sticky_owner' ? t('assignment.rules.users_sticky') : undefined}
        data={people}
        searchable
        filter={foldedOptions}
        nothingFoundMessage={t('common.nothing_found')}
        {...form.getInputProps('users')}
      />
      <Switch
        label={t('assignment.rules.only_at_work')}
        description={t('assignment.rules.only_at_work_hint')}
        {...form.getInputProps('only_at_work', { type: 'checkbox' })}
      />
      <NumberInput
        label={t('assignment.rules.sla')}
        description={t('assignment.rules.sla_hint')}
        suffix={` ${t('assignment.minute')}`}
        allowDecimal={false}
        value={form.values.sla_minutes}
        onValueChange={({ value }) => form.setFieldValue('sla_minutes', value)}
        error={form.errors.sla_minutes}
      />
      <Select
        label={t('assignment.rules.fallback')}
        description={t('assignment.rules.fallback_hint')}
        data={people}
        searchable
        filter={foldedOptions}
        clearable
        clearButtonProps={{ 'aria-label': t('common.clear') }}
        {...form.getInputProps('fallback_user_id')}
      />
      <Switch label={t('assignment.rules.is_active')} {...form.getInputProps('is_active', { type: 'checkbox' })} />
      <Refusal error={unplaced(trial.error)} fields={fields} />
      {trial.data && <Tried outcome={trial.data} />}
    </FormDrawer>
  );
}

/** What a rule that asks nothing keeps: every record. */
function wholeOf(criteria: unknown): Criteria {
  const isNothing = typeof criteria !== 'object' || criteria === null || Object.keys(criteria).length === 0;
  return isNothing ? everything : (criteria as Criteria);
}

/** A refusal of one rule among those that were tried, named as the form names its fields: `rules.2.users` is `users`. */
function unplaced(error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  const own = Object.entries(error.errors).map(([name, texts]) => [name.replace(/^rules\.\d+\./, ''), texts]);
  return new ApiError(error.status, { code: error.code, detail: error.detail, errors: Object.fromEntries(own) });
}
