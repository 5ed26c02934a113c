import { Chip, Fieldset, Group, Select } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import type { Activity } from '@/api/types';
import { addDays, atBusinessTime, businessDay } from '@/lib/dates';
import { FieldInput } from '@/ui/form/FieldInput';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { showUndo } from '@/ui/toasts';
import { useComplete } from '../queries';
import { useActivityTypes } from '../types';

const names = ['result', 'outcome', 'spent_minutes', 'next.subject', 'next.due_date', 'next.activity_type'];

/** Days after which one often comes back to something. */
const soon = [1, 3, 7] as const;

/** When the next activity usually begins, on its day. */
const MORNING = '09:00:00';

/** What came of an activity, how long it took, and what is next: one form, one stroke. */
export function CompleteDrawer({ activity, onClose }: { activity: Activity; onClose: () => void }) {
  const { t } = useTranslation();
  const { byName } = useRecordFields('activities');
  const types = useActivityTypes();
  const complete = useComplete();
  const form = useForm({
    initialValues: { result: '', outcome: '', spent_minutes: '', type: '', subject: '', due: '' },
  });
  const { values } = form;
  const hasNext = values.type !== '';
  const errors = errorsOf(complete.error, names);
  const submit = form.onSubmit(({ result, outcome, spent_minutes, type, subject, due }) =>
    complete.mutate(
      {
        id: activity.id,
        ...(result && { result }),
        ...(outcome && { outcome }),
        ...(spent_minutes && { spent_minutes: Number(spent_minutes) }),
        ...(hasNext && { next: { activity_type: type, due_date: due || null, ...(subject && { subject }) } as never }),
      },
      {
        onSuccess: ({ operation }) => {
          showUndo(t('activities.completed', { name: activity.subject }), operation);
          onClose();
        },
      },
    ),
  );

  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={t('activities.complete.title', { name: activity.subject })}
      submit={t('activities.complete.do')}
      onSubmit={submit}
      isPending={complete.isPending}
      error={complete.error}
      fields={names}
      errors={errors}
    >
      <FieldInput
        kind="choice"
        label={byName.get('result')?.label ?? ''}
        choices={byName.get('result')?.choices ?? []}
        value={values.result}
        onChange={(value) => form.setFieldValue('result', String(value ?? ''))}
        error={errors.result}
      />
      <FieldInput
        kind="long-text"
        label={byName.get('outcome')?.label ?? ''}
        value={values.outcome}
        onChange={(value) => form.setFieldValue('outcome', String(value ?? ''))}
        error={errors.outcome}
        data-autofocus
      />
      <FieldInput
        kind="number"
        label={t('activities.complete.spent')}
        value={values.spent_minutes}
        onChange={(value) => form.setFieldValue('spent_minutes', String(value ?? ''))}
        error={errors.spent_minutes}
      />
      <Fieldset legend={t('activities.complete.next')}>
        <Group gap={6} mb="xs">
          {soon.map((days) => (
            <Chip
              key={days}
              size="xs"
              checked={hasNext && values.due === atBusinessTime(`${addDays(businessDay(new Date()), days)} ${MORNING}`)}
              onChange={() =>
                form.setValues({
                  type: values.type || 'follow_up',
                  due: atBusinessTime(`${addDays(businessDay(new Date()), days)} ${MORNING}`),
                })
              }
            >
              {t('activities.complete.in_days', { count: days })}
            </Chip>
          ))}
        </Group>
        <Select
          label={t('activities.complete.next_type')}
          placeholder={t('activities.complete.nothing')}
          data={types.choices()}
          value={values.type || null}
          onChange={(type) => form.setFieldValue('type', type ?? '')}
          error={errors['next.activity_type']}
          clearable
          clearButtonProps={{ 'aria-label': t('common.clear') }}
        />
        {hasNext && (
          <>
            <FieldInput
              kind="date-time"
              label={byName.get('due_date')?.label ?? ''}
              value={values.due}
              onChange={(due) => form.setFieldValue('due', String(due))}
              error={errors['next.due_date']}
            />
            <FieldInput
              kind="text"
              label={byName.get('subject')?.label ?? ''}
              value={values.subject}
              onChange={(subject) => form.setFieldValue('subject', String(subject))}
              error={errors['next.subject']}
            />
          </>
        )}
      </Fieldset>
    </FormDrawer>
  );
}
