import { Alert, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconBuilding, IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { customerSuggestionsQuery, relationRolesQuery, relationsQuery, useAdd } from '../queries';
import { Item, Section, Submit, useSectionForm } from './Section';
import classes from './Sections.module.css';
import { useRemoval } from './use-removal';

/** Ties to other customers: people of a company, its parent company. */
export function Relations({ id, mayWrite }: { id: number; mayWrite: boolean }) {
  const { t } = useTranslation();
  const roles = useRoles();
  const { data: relations = [] } = useQuery(relationsQuery(id));
  const remove = useRemoval(id, 'relations');
  return (
    <Section
      title={t('customers.sections.relations')}
      isEmpty={relations.length === 0}
      form={mayWrite ? (close) => <Form id={id} onDone={close} /> : undefined}
    >
      <ul className={classes.list}>
        {relations.map((relation) => (
          <Item
            key={relation.id}
            icon={
              relation.other_type === 'company' ? (
                <IconBuilding size={15} stroke={1.7} />
              ) : (
                <IconUser size={15} stroke={1.7} />
              )
            }
            title={
              <Link to="/customers/$customerId" params={{ customerId: relation.other_id }}>
                {relation.other_name}
              </Link>
            }
            detail={[roles.find(({ value }) => value === String(relation.role))?.label, relation.title]
              .filter(Boolean)
              .join(' · ')}
            onRemove={mayWrite ? () => remove(relation.id) : undefined}
            removeLabel={t('customers.sections.remove', { name: relation.other_name })}
          />
        ))}
      </ul>
    </Section>
  );
}

function useRoles(): { value: string; label: string }[] {
  const { i18n } = useTranslation();
  const { data = [] } = useQuery(relationRolesQuery);
  const turkish = i18n.language === 'tr';
  return data.map(({ value, label_tr, label_en }) => ({ value: String(value), label: turkish ? label_tr : label_en }));
}

function Form({ id, onDone }: { id: number; onDone: () => void }) {
  const { t } = useTranslation();
  const add = useAdd(id, 'relations');
  const form = useSectionForm(
    { other_id: '', role: 'contact', title: '' },
    (values) => add.mutateAsync({ ...values, other_id: Number(values.other_id) }),
    onDone,
  );
  const roles = useRoles();
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text, 200);
  const { data: found = [] } = useQuery(customerSuggestionsQuery(search));

  return (
    <form className={classes.form} onSubmit={form.submit}>
      {form.general && <Alert color="red">{form.general}</Alert>}
      <Select
        label={t('customers.relation.other')}
        data={found.filter((other) => other.id !== id).map((other) => ({ value: String(other.id), label: other.name }))}
        value={form.values.other_id || null}
        onChange={(other) => form.set('other_id', other ?? '')}
        searchable
        searchValue={text}
        onSearchChange={setText}
        filter={({ options }) => options}
        nothingFoundMessage={t('common.nothing_found')}
        error={form.errorOf('other_id')}
        comboboxProps={{ withinPortal: false }}
        data-autofocus
      />
      <Select
        label={t('customers.relation.role')}
        data={roles}
        value={form.values.role}
        onChange={(role) => form.set('role', role ?? 'contact')}
        error={form.errorOf('role')}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
      />
      <TextInput
        label={t('customers.relation.title')}
        value={form.values.title}
        onChange={(event) => form.set('title', event.currentTarget.value)}
        error={form.errorOf('title')}
      />
      <Submit isSending={form.isSending} />
    </form>
  );
}
