import { Alert, TextInput } from '@mantine/core';
import { IconMapPin } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Address } from '@/api/types';
import { countryName } from '@/lib/language';
import { useAdd } from '../queries';
import { Item, Section, Submit, useSectionForm } from './Section';
import classes from './Sections.module.css';
import { useRemoval } from './use-removal';

const parts = ['label', 'line', 'district', 'city', 'postal_code'] as const;

/** Postal addresses. */
export function Addresses({ id, addresses, mayWrite }: { id: number; addresses: Address[]; mayWrite: boolean }) {
  const { t, i18n } = useTranslation();
  const remove = useRemoval(id, 'addresses');
  return (
    <Section
      title={t('customers.sections.addresses')}
      isEmpty={addresses.length === 0}
      form={mayWrite ? (close) => <Form id={id} onDone={close} /> : undefined}
    >
      <ul className={classes.list}>
        {addresses.map((address) => {
          const abroad = address.country && address.country !== 'TR' && countryName(address.country, i18n.language);
          const where = [address.district, address.city, abroad].filter(Boolean).join(', ');
          const title = address.line || where || countryName(address.country ?? '', i18n.language);
          const below = address.line ? [address.postal_code, where].filter(Boolean).join(' ') : '';
          const detail = [address.label, below, address.is_primary && t('customers.sections.primary')];
          return (
            <Item
              key={address.id}
              icon={<IconMapPin size={15} stroke={1.7} />}
              title={title}
              detail={detail.filter(Boolean).join(' · ')}
              onRemove={mayWrite ? () => remove(address.id as number) : undefined}
              removeLabel={t('customers.sections.remove', { name: title })}
            />
          );
        })}
      </ul>
    </Section>
  );
}

function Form({ id, onDone }: { id: number; onDone: () => void }) {
  const { t } = useTranslation();
  const add = useAdd(id, 'addresses');
  const form = useSectionForm(
    { label: '', line: '', district: '', city: '', postal_code: '' },
    add.mutateAsync,
    onDone,
  );
  return (
    <form className={classes.form} onSubmit={form.submit}>
      {form.general && <Alert color="red">{form.general}</Alert>}
      {parts.map((part, index) => (
        <TextInput
          key={part}
          label={t(`customers.address.${part}`)}
          value={form.values[part]}
          onChange={(event) => form.set(part, event.currentTarget.value)}
          error={form.errorOf(part)}
          data-autofocus={index === 0 || undefined}
        />
      ))}
      <Submit isSending={form.isSending} />
    </form>
  );
}
