import { Checkbox, SegmentedControl } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import { useMe } from '@/api/session';
import { atBusinessTime, businessTime } from '@/lib/dates';
import { CustomerSelect } from '@/ui/customer-select/CustomerSelect';
import { FieldInput } from '@/ui/form/FieldInput';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { showUndo } from '@/ui/toasts';
import { type Tie, useCreateActivity } from '../queries';
import { useActivityTypes } from '../types';
import { BusyNote } from './BusyNote';
import { RecurrenceField, ruleOf } from './RecurrenceField';

const names = [
  'activity_type',
  'subject',
  'due_date',
  'duration',
  'is_all_day',
  'assigned_to',
  'attendees',
  'customer',
  'location',
  'priority',
  'description',
  'status',
  'recurrence',
];

/** The next full hour: what people plan rarely begins at seven past. */
function nextHour(): string {
  const later = new Date(Date.now() + 3_600_000);
  return atBusinessTime(`${businessTime(later).slice(0, 13)}:00:00`);
}

/** Plans an activity, or writes down one that is done already. */
export default function NewActivityDrawer({
  type,
  at,
  tie = {},
  known,
  done = false,
  onClose,
}: {
  /** What it is to be, if that is known. */
  type?: string;
  /** When it is to begin. */
  at?: { due: string; duration?: number; isAllDay?: boolean };
  /** What it is for. */
  tie?: Tie;
  /** The customer by its name. */
  known?: { value: string; label: string };
  /** It has taken place. */
  done?: boolean;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const { byName } = useRecordFields('activities');
  const types = useActivityTypes();
  const create = useCreateActivity();
  const form = useForm({
    initialValues: {
      activity_type: type ?? 'task',
      subject: '',
      due_date: at?.due ?? (done ? new Date().toISOString() : nextHour()),
      is_all_day: at?.isAllDay ?? false,
      duration: at?.duration ? String(at.duration) : '',
      assigned_to: String(me.id),
      attendees: [] as string[],
      customer: tie.customer ? String(tie.customer) : '',
      location: '',
      priority: 'normal',
      description: '',
      result: '',
      outcome: '',
      repeat: '',
      until: '',
    },
  });
  const { values } = form;
  const isMeeting = types.find(values.activity_type)?.is_meeting ?? false;
  const labelOf = (name: string) => byName.get(name)?.label ?? name;
  const people = byName.get('assigned_to')?.choices ?? [];
  const errors = errorsOf(create.error, names);
  const input = (name: keyof typeof values) => ({
    label: labelOf(name),
    value: values[name],
    onChange: (value: unknown) => form.setFieldValue(name, value as never),
    error: errors[name],
  });
  const minutes = Number(values.duration) || (types.find(values.activity_type)?.default_minutes ?? 0);

  const submit = form.onSubmit(
    ({ assigned_to, customer, duration, attendees, result, outcome, repeat, until, ...rest }) =>
      create.mutate(
        {
          ...tie,
          ...rest,
          due_date: rest.due_date || null,
          duration: duration ? Number(duration) : null,
          assigned_to: assigned_to ? Number(assigned_to) : null,
          attendees: isMeeting ? attendees.map(Number) : [],
          customer: customer ? Number(customer) : null,
          ...(!done && repeat && rest.due_date && { recurrence: ruleOf(repeat, until, rest.due_date) }),
          ...(done && { status: 'completed', result, outcome }),
        },
        {
          onSuccess: ({ activity, operation }) => {
            showUndo(t(done ? 'activities.logged' : 'activities.planned', { name: activity.subject }), operation);
            onClose();
          },
        },
      ),
  );

  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={done ? t('activities.log') : t('activities.new')}
      submit={done ? t('activities.log_do') : t('activities.plan')}
      onSubmit={submit}
      isPending={create.isPending}
      error={create.error}
      fields={names}
      errors={errors}
      size={460}
    >
      <SegmentedControl
        aria-label={labelOf('activity_type')}
        fullWidth
        size="xs"
        style={{ overflowX: 'auto' }}
        data={types.choices(values.activity_type)}
        value={values.activity_type}
        onChange={(next) => form.setFieldValue('activity_type', next)}
      />
      <FieldInput kind="text" {...input('subject')} data-autofocus />
      <FieldInput kind="date-time" {...input('due_date')} />
      <Checkbox
        label={labelOf('is_all_day')}
        checked={values.is_all_day}
        onChange={(event) => form.setFieldValue('is_all_day', event.currentTarget.checked)}
      />
      {!values.is_all_day && <FieldInput kind="number" {...input('duration')} />}
      <FieldInput kind="choice" {...input('assigned_to')} choices={people} />
      {isMeeting && <FieldInput kind="choices" {...input('attendees')} choices={people} />}
      {!done && values.due_date && !values.is_all_day && minutes > 0 && (
        <BusyNote
          due={values.due_date}
          minutes={minutes}
          people={[values.assigned_to, ...(isMeeting ? values.attendees : [])].filter(Boolean)}
          nameOf={(id) => people.find(({ value }) => value === id)?.label ?? id}
        />
      )}
      {isMeeting && <FieldInput kind="text" {...input('location')} />}
      <CustomerSelect
        label={labelOf('customer')}
        value={values.customer}
        known={known}
        onChange={(id) => form.setFieldValue('customer', id)}
        error={errors.customer}
      />
      {done ? (
        <>
          <FieldInput kind="choice" {...input('result')} choices={byName.get('result')?.choices ?? []} />
          <FieldInput kind="long-text" {...input('outcome')} />
        </>
      ) : (
        <>
          {values.due_date && (
            <RecurrenceField
              label={labelOf('recurrence')}
              due={values.due_date}
              repeat={values.repeat}
              until={values.until}
              onRepeat={(repeat) => form.setFieldValue('repeat', repeat)}
              onUntil={(until) => form.setFieldValue('until', until)}
              error={errors.recurrence}
            />
          )}
          <FieldInput kind="choice" {...input('priority')} choices={byName.get('priority')?.choices ?? []} />
          <FieldInput kind="long-text" {...input('description')} />
        </>
      )}
    </FormDrawer>
  );
}
