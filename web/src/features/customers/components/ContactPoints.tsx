import { Alert, Select, TextInput } from '@mantine/core';
import { IconAt, IconMail, IconPhone } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ContactPoint } from '@/api/types';
import { formatPhone } from '@/lib/phone';
import { useAdd } from '../queries';
import { Item, Section, Submit, useSectionForm } from './Section';
import classes from './Sections.module.css';
import { useRemoval } from './use-removal';

const icons = { email: IconMail, phone: IconPhone, social: IconAt };
const links: Record<string, string> = { email: 'mailto:', phone: 'tel:' };

/** E-mail addresses, phone numbers, social accounts. */
export function ContactPoints({ id, points, mayWrite }: { id: number; points: ContactPoint[]; mayWrite: boolean }) {
  const { t } = useTranslation();
  const remove = useRemoval(id, 'contact-points');
  return (
    <Section
      title={t('customers.sections.contact_points')}
      isEmpty={points.length === 0}
      form={mayWrite ? (close) => <Form id={id} onDone={close} /> : undefined}
    >
      <ul className={classes.list}>
        {points.map((point) => {
          const Icon = icons[point.kind as keyof typeof icons] ?? IconAt;
          const scheme = links[point.kind];
          const detail = [point.label, point.is_primary && t('customers.sections.primary')].filter(Boolean).join(' · ');
          return (
            <Item
              key={point.id}
              icon={<Icon size={15} stroke={1.7} />}
              title={scheme ? <a href={`${scheme}${point.value}`}>{formatPhone(point.value)}</a> : point.value}
              detail={detail}
              onRemove={mayWrite ? () => remove(point.id) : undefined}
              removeLabel={t('customers.sections.remove', { name: point.value })}
            />
          );
        })}
      </ul>
    </Section>
  );
}

function Form({ id, onDone }: { id: number; onDone: () => void }) {
  const { t } = useTranslation();
  const add = useAdd(id, 'contact-points');
  const form = useSectionForm({ kind: 'phone', value: '', label: '' }, add.mutateAsync, onDone);
  return (
    <form className={classes.form} onSubmit={form.submit}>
      {form.general && <Alert color="red">{form.general}</Alert>}
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
      <Submit isSending={form.isSending} />
    </form>
  );
}
