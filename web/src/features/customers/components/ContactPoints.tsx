import { Alert, Checkbox, Select, TextInput } from '@mantine/core';
import { IconAt, IconMail, IconPhone } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ContactPoint } from '@/api/types';
import { formatPhone } from '@/lib/phone';
import { Item, Section, Submit, useSectionForm } from './Section';
import classes from './Sections.module.css';
import { useAmending, useEntrySaving } from './use-amending';
import { useRemoval } from './use-removal';

const icons = { email: IconMail, phone: IconPhone, social: IconAt };
const links: Record<string, string> = { email: 'mailto:', phone: 'tel:' };

/** E-mail addresses, phone numbers, social accounts. */
export function ContactPoints({ id, points, mayWrite }: { id: number; points: ContactPoint[]; mayWrite: boolean }) {
  const { t } = useTranslation();
  const remove = useRemoval(id, 'contact-points');
  const amend = useAmending(id, 'contact-points');
  return (
    <Section<ContactPoint>
      title={t('customers.sections.contact_points')}
      isEmpty={points.length === 0}
      form={mayWrite ? (close, point) => <Form id={id} point={point} onDone={close} /> : undefined}
    >
      {(edit) => (
        <ul className={classes.list}>
          {points.map((point) => {
            const Icon = icons[point.kind as keyof typeof icons] ?? IconAt;
            const scheme = links[point.kind];
            const detail = [
              point.label,
              point.is_primary && t('customers.sections.primary'),
              point.is_verified && t('customers.point.verified'),
            ];
            const makePrimary = {
              label: t('customers.sections.make_primary'),
              onClick: () => amend(point.id, { is_primary: true }),
            };
            const actions = [
              ...(point.is_primary || point.kind === 'social' ? [] : [makePrimary]),
              { label: t('customers.sections.edit'), onClick: () => edit(point) },
              { label: t('customers.sections.remove'), onClick: () => remove(point.id) },
            ];
            return (
              <Item
                key={point.id}
                icon={<Icon size={15} stroke={1.7} />}
                title={scheme ? <a href={`${scheme}${point.value}`}>{formatPhone(point.value)}</a> : point.value}
                detail={detail.filter(Boolean).join(' · ')}
                actions={mayWrite ? actions : []}
                menuLabel={t('customers.sections.actions', { name: formatPhone(point.value) })}
              />
            );
          })}
        </ul>
      )}
    </Section>
  );
}

function Form({ id, point, onDone }: { id: number; point: ContactPoint | undefined; onDone: () => void }) {
  const { t } = useTranslation();
  const save = useEntrySaving(id, 'contact-points', point?.id);
  const form = useSectionForm(
    {
      kind: point?.kind ?? 'phone',
      value: point?.value ?? '',
      label: point?.label ?? '',
      is_verified: point?.is_verified ?? false,
    },
    // The kind of a contact point stays what it is.
    ({ kind, ...values }) => save(point ? values : { kind, ...values }),
    onDone,
  );
  return (
    <form className={classes.form} onSubmit={form.submit}>
      {form.general && <Alert color="red">{form.general}</Alert>}
      {!point && (
        <Select
          label={t('customers.point.kind')}
          data={[
            { value: 'phone', label: t('customers.point.phone') },
            { value: 'email', label: t('customers.point.email') },
            { value: 'social', label: t('customers.point.social') },
          ]}
          value={form.values.kind}
          onChange={(kind) => form.set('kind', kind ?? 'phone')}
          error={form.errorOf('kind')}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
        />
      )}
      <TextInput
        label={t('customers.point.value')}
        value={form.values.value}
        onChange={(event) => form.set('value', event.currentTarget.value)}
        error={form.errorOf('value')}
        data-autofocus
      />
      <TextInput
        label={t('customers.point.label')}
        value={form.values.label}
        onChange={(event) => form.set('label', event.currentTarget.value)}
        error={form.errorOf('label')}
      />
      <Checkbox
        label={t('customers.point.verified')}
        checked={form.values.is_verified}
        onChange={(event) => form.set('is_verified', event.currentTarget.checked)}
      />
      <Submit isSending={form.isSending} onCancel={onDone} />
    </form>
  );
}
