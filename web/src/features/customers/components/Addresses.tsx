import { Alert, Autocomplete, TextInput } from '@mantine/core';
import { IconMapPin } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Address } from '@/api/types';
import { countryName } from '@/lib/language';
import { fold } from '@/lib/text';
import { foldedOptions } from '@/ui/folded-options';
import { mapLink } from '../links';
import { districtsQuery, provincesQuery } from '../record-queries';
import { Item, Section, Submit, useSectionForm } from './Section';
import classes from './Sections.module.css';
import { useAmending, useEntrySaving } from './use-amending';
import { useRemoval } from './use-removal';

/** Postal addresses, each on one line, with the way to a map. */
export function Addresses({ id, addresses, mayWrite }: { id: number; addresses: Address[]; mayWrite: boolean }) {
  const { t, i18n } = useTranslation();
  const remove = useRemoval(id, 'addresses');
  const amend = useAmending(id, 'addresses');
  return (
    <Section<Address>
      title={t('customers.sections.addresses')}
      isEmpty={addresses.length === 0}
      form={mayWrite ? (close, address) => <Form id={id} address={address} onDone={close} /> : undefined}
    >
      {(edit) => (
        <ul className={classes.list}>
          {addresses.map((address) => {
            const key = address.id as number;
            const abroad = address.country && address.country !== 'TR' && countryName(address.country, i18n.language);
            const where = [address.district, address.city, abroad].filter(Boolean).join(', ');
            const line = [address.line, [address.postal_code, where].filter(Boolean).join(' ')]
              .filter(Boolean)
              .join(', ');
            const title = line || countryName(address.country ?? '', i18n.language);
            const makePrimary = {
              label: t('customers.sections.make_primary'),
              onClick: () => amend(key, { is_primary: true }),
            };
            const actions = [
              ...(address.is_primary ? [] : [makePrimary]),
              { label: t('customers.sections.edit'), onClick: () => edit(address) },
              { label: t('customers.sections.remove'), onClick: () => remove(key) },
            ];
            return (
              <Item
                key={key}
                icon={<IconMapPin size={15} stroke={1.7} />}
                title={
                  <a href={mapLink(address)} target="_blank" rel="noreferrer" title={t('customers.head.map')}>
                    {title}
                  </a>
                }
                detail={[address.label, address.is_primary && t('customers.sections.primary')]
                  .filter(Boolean)
                  .join(' · ')}
                actions={mayWrite ? actions : []}
                menuLabel={t('customers.sections.actions', { name: title })}
              />
            );
          })}
        </ul>
      )}
    </Section>
  );
}

function Form({ id, address, onDone }: { id: number; address: Address | undefined; onDone: () => void }) {
  const { t } = useTranslation();
  const save = useEntrySaving(id, 'addresses', address?.id);
  const form = useSectionForm(
    {
      label: address?.label ?? '',
      line: address?.line ?? '',
      city: address?.city ?? '',
      district: address?.district ?? '',
      postal_code: address?.postal_code ?? '',
    },
    save,
    onDone,
  );
  const { data: provinces = [] } = useQuery(provincesQuery);
  const province = provinces.find(({ name }) => fold(name) === fold(form.values.city));
  const { data: districts = [] } = useQuery(districtsQuery(province?.code));
  const field = (name: keyof typeof form.values) => ({
    label: t(`customers.address.${name}`),
    value: form.values[name],
    error: form.errorOf(name),
  });
  const text = (name: 'label' | 'line' | 'postal_code') => (
    <TextInput
      {...field(name)}
      onChange={(event) => form.set(name, event.currentTarget.value)}
      data-autofocus={name === 'line' || undefined}
    />
  );
  // Suggestions, not a closed list: an address may be abroad.
  const place = (name: 'city' | 'district', places: { name: string }[]) => (
    <Autocomplete
      {...field(name)}
      size="sm"
      data={[...new Set(places.map((one) => one.name))]}
      filter={foldedOptions}
      limit={81}
      withScrollArea={false}
      classNames={{ options: 'crm-options' }}
      onChange={(value) => form.set(name, value)}
      comboboxProps={{ withinPortal: false }}
    />
  );
  return (
    <form className={classes.form} onSubmit={form.submit}>
      {form.general && <Alert color="red">{form.general}</Alert>}
      {text('line')}
      {place('city', provinces)}
      {place('district', districts)}
      {text('postal_code')}
      {text('label')}
      <Submit isSending={form.isSending} onCancel={onDone} />
    </form>
  );
}
