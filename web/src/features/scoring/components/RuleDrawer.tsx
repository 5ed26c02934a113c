import { Button, NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { recordSentenceQuery, useRecordFields } from '@/api/record-fields';
import type { ScoreRule, ScoreRuleInput } from '@/api/types';
import { CriteriaField, criteriaDraft } from '@/ui/filters/CriteriaField';
import { type Criteria, everything } from '@/ui/filters/criteria';
import { errorsOf, FormDrawer, Refusal } from '@/ui/form/FormDrawer';
import { showNote } from '@/ui/toasts';
import { inputOf, useSaveRule, useTryRules } from '../queries';
import { isReadable, touches } from '../rules';
import { unlisted } from '../unlisted';
import { DryRun } from './DryRun';

const fields = ['kind', 'name', 'points', 'touch', 'half_life_days', 'criteria'];

/** A rule being made or changed; beside it, what it would do to the leads there are. */
export function RuleDrawer({
  rule,
  kind,
  rules,
  onClose,
}: {
  rule: ScoreRule | undefined;
  kind: ScoreRule['kind'];
  /** All there are: they are tried together. */
  rules: ScoreRule[];
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { list } = useRecordFields('leads');
  const save = useSaveRule();
  const trial = useTryRules();
  const [criteria, setCriteria] = useState(() =>
    criteriaDraft(((rule?.kind === 'fit' && rule.criteria) as Criteria) || everything, list),
  );
  const form = useForm({
    initialValues: {
      name: rule?.name ?? '',
      points: String(rule?.points ?? 10),
      touch: rule?.touch || 'form',
      half_life_days: String(rule ? (rule.half_life_days ?? '') : 30),
      is_active: rule?.is_active ?? true,
    },
    // Other figures than those that were tried.
    onValuesChange: () => trial.reset(),
  });
  const [triedAt, setTriedAt] = useState(0);
  const isFit = kind === 'fit';

  const written = (): ScoreRuleInput | undefined => {
    const { name, points, touch, half_life_days, is_active } = form.values;
    const shared = { kind, name, points: Number(points), is_active, position: rule?.position };
    if (!isFit) return { ...shared, touch, half_life_days: half_life_days === '' ? null : Number(half_life_days) };
    if (!criteria.criteria) {
      form.setFieldError('criteria', t('scoring.rules.criteria_missing'));
      return undefined;
    }
    return { ...shared, criteria: criteria.criteria as unknown as Record<string, unknown> };
  };
  const refuse = (error: unknown) => form.setErrors(errorsOf(error, fields));
  const submit = form.onSubmit(() => {
    const body = written();
    if (!body) return;
    save.mutate(
      { id: rule?.id, ...body },
      {
        onSuccess: () => {
          showNote(t('scoring.rules.saved', { name: body.name }));
          onClose();
        },
        onError: refuse,
      },
    );
  });
  const tryOut = () => {
    const body = written();
    if (!body) return;
    const others = rules.filter((other) => other.id !== rule?.id && isReadable(other)).map(inputOf);
    // A name is asked for on saving; a trial can do without.
    const tried = { ...body, name: body.name || t('scoring.rules.new') };
    setTriedAt(others.length);
    trial.mutate([...others, tried], { onError: (error) => refuse(unlisted(error, others.length)) });
  };

  return (
    <FormDrawer
      opened
      onClose={onClose}
      size={700}
      title={rule ? rule.name : t(`scoring.rules.new_${kind}`)}
      submit={t('common.save')}
      onSubmit={submit}
      isPending={save.isPending}
      error={save.error}
      fields={fields}
      errors={form.errors}
      actions={
        <Button variant="default" onClick={tryOut} loading={trial.isPending}>
          {t('scoring.rules.try')}
        </Button>
      }
    >
      <TextInput label={t('scoring.rules.name')} data-autofocus {...form.getInputProps('name')} />
      <NumberInput
        label={t('scoring.rules.points')}
        description={t('scoring.rules.points_hint')}
        allowDecimal={false}
        value={form.values.points}
        onValueChange={({ value }) => form.setFieldValue('points', value)}
        error={form.errors.points}
      />
      {isFit ? (
        <CriteriaField
          label={t('scoring.rules.criteria')}
          fields={list}
          value={criteria}
          onChange={(next) => {
            setCriteria(next);
            form.clearFieldError('criteria');
            trial.reset();
          }}
          ask={(asked, enabled) => recordSentenceQuery('leads', asked, enabled)}
          counted={(count, number) => t('scoring.finds', { count, number })}
          error={form.errors.criteria}
        />
      ) : (
        <>
          <Select
            label={t('scoring.rules.touch')}
            data={touches.map((value) => ({ value, label: t(`scoring.touches.${value}`) }))}
            allowDeselect={false}
            {...form.getInputProps('touch')}
          />
          <NumberInput
            label={t('scoring.rules.half_life')}
            description={t('scoring.rules.half_life_hint')}
            suffix={` ${t('common.filter.days')}`}
            allowDecimal={false}
            value={form.values.half_life_days}
            onValueChange={({ value }) => form.setFieldValue('half_life_days', value)}
            error={form.errors.half_life_days}
          />
        </>
      )}
      <Switch label={t('scoring.rules.is_active')} {...form.getInputProps('is_active', { type: 'checkbox' })} />
      <Refusal error={unlisted(trial.error, triedAt)} fields={fields} />
      {trial.data && <DryRun outcome={trial.data} />}
    </FormDrawer>
  );
}
