import { SegmentedControl, TagsInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import { CustomerSelect } from '@/ui/customer-select/CustomerSelect';
import { FieldInput } from '@/ui/form/FieldInput';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { showUndo } from '@/ui/toasts';
import { type Tie, useLogCommunication } from '../queries';
import { titleOf } from '../ways';

const names = [
  'communication_type',
  'direction',
  'subject',
  'content',
  'sender',
  'recipient',
  'occurred_at',
  'duration',
  'network',
  'link',
  'attachments',
  'tags',
  'customer',
];

/** Ways on which people speak for a while, and those on which they write. */
const spoken = new Set(['phone_call', 'meeting']);

/** Writes down what was said or written with a customer. */
export default function LogDrawer({
  tie = {},
  known,
  onClose,
}: {
  /** With whom. */
  tie?: Tie;
  /** The customer by its name. */
  known?: { value: string; label: string };
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { byName } = useRecordFields('communications');
  const log = useLogCommunication();
  const form = useForm({
    initialValues: {
      communication_type: 'email',
      direction: 'inbound',
      subject: '',
      content: '',
      sender: '',
      recipient: '',
      occurred_at: new Date().toISOString(),
      duration: '',
      network: '',
      link: '',
      attachments: [] as string[],
      tags: [] as string[],
      customer: tie.customer ? String(tie.customer) : '',
    },
  });
  const { values } = form;
  const isSpoken = spoken.has(values.communication_type);
  const errors = errorsOf(log.error, names);
  const labelOf = (name: string) => byName.get(name)?.label ?? name;
  const choicesOf = (name: string) => byName.get(name)?.choices ?? [];
  const input = (name: keyof typeof values) => ({
    label: labelOf(name),
    value: values[name],
    onChange: (value: unknown) => form.setFieldValue(name, value as never),
    error: errors[name],
  });
  const submit = form.onSubmit(({ customer, duration, network, ...rest }) =>
    log.mutate(
      {
        ...tie,
        ...rest,
        occurred_at: rest.occurred_at || null,
        network: rest.communication_type === 'social' ? network : '',
        duration: isSpoken && duration ? Number(duration) : null,
        customer: customer ? Number(customer) : null,
      },
      {
        onSuccess: ({ communication, operation }) => {
          showUndo(t('communications.logged', { name: titleOf(communication) }), operation);
          onClose();
        },
      },
    ),
  );
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={t('communications.log')}
      submit={t('communications.log_do')}
      onSubmit={submit}
      isPending={log.isPending}
      error={log.error}
      fields={names}
      errors={errors}
      size={460}
    >
      <FieldInput kind="choice" {...input('communication_type')} choices={choicesOf('communication_type')} />
      <SegmentedControl
        aria-label={labelOf('direction')}
        fullWidth
        size="xs"
        data={choicesOf('direction')}
        value={values.direction}
        onChange={(next) => form.setFieldValue('direction', next)}
      />
      <CustomerSelect
        label={labelOf('customer')}
        value={values.customer}
        known={known}
        onChange={(id) => form.setFieldValue('customer', id)}
        error={errors.customer}
      />
      <FieldInput kind="text" {...input('subject')} data-autofocus />
      <FieldInput kind="long-text" {...input('content')} />
      <FieldInput kind="date-time" {...input('occurred_at')} />
      {isSpoken && <FieldInput kind="number" {...input('duration')} />}
      {values.communication_type === 'social' && <FieldInput kind="text" {...input('network')} />}
      <FieldInput kind="text" {...input('sender')} />
      <FieldInput kind="text" {...input('recipient')} />
      <FieldInput kind="url" {...input('link')} />
      <TagsInput {...input('attachments')} value={values.attachments} description={t('communications.attachments')} />
      <TagsInput {...input('tags')} value={values.tags} />
    </FormDrawer>
  );
}
