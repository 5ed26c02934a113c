import { Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import type { Opportunity } from '@/api/types';
import { CustomerSelect } from '@/ui/customer-select/CustomerSelect';
import { useErrorText } from '@/ui/error-text';
import { Refusal } from '@/ui/form/FormDrawer';
import { showRefusal, showUndo } from '@/ui/toasts';
import { roles, type Stakeholder, type StakeholderRole } from '../parts';
import { contactsQuery, stakeholdersQuery, useSetStakeholders } from '../record-queries';
import { PartForm, Parts } from './Parts';

const sent = ({ customer_id, role, note }: Stakeholder) => ({ customer_id, role, note, customer_name: null });

/** Who has a say in the purchase, and which. */
export function Stakeholders({
  opportunity: { id, customer },
  readOnly,
}: {
  opportunity: Opportunity;
  readOnly: boolean;
}) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const query = useQuery(stakeholdersQuery(id));
  const set = useSetStakeholders(id);
  const all = query.data ?? [];
  return (
    <Parts
      id="stakeholders"
      title={t('opportunities.stakeholders.title')}
      add={t('opportunities.stakeholders.add')}
      none={t('opportunities.stakeholders.none')}
      query={query}
      parts={query.data}
      columns={[
        {
          id: 'name',
          header: t('opportunities.stakeholders.person'),
          cell: ({ customer_id, customer_name }) => (
            <Link to="/customers/$customerId" params={{ customerId: customer_id }}>
              {customer_name}
            </Link>
          ),
        },
        {
          id: 'role',
          header: t('opportunities.stakeholders.role'),
          cell: ({ role }) => t(`opportunities.stakeholders.roles.${role}`),
        },
        { id: 'note', header: t('opportunities.stakeholders.note'), cell: ({ note }) => note },
      ]}
      nameOf={({ customer_name }) => customer_name ?? ''}
      readOnly={readOnly}
      onRemove={(place) =>
        set.mutate(all.filter((_, at) => at !== place).map(sent), {
          onSuccess: (operation) => showUndo(t('opportunities.stakeholders.removed'), operation),
          onError: (refusal) => showRefusal(textOf(refusal)),
        })
      }
      form={(place, onDone) => <Form key={place} id={id} customer={customer} place={place} all={all} onDone={onDone} />}
    />
  );
}

function Form({
  id,
  customer,
  place,
  all,
  onDone,
}: {
  id: number;
  customer: number | null;
  place: number;
  all: Stakeholder[];
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const set = useSetStakeholders(id);
  const before = all[place];
  const { data: contacts = [] } = useQuery(contactsQuery(customer));
  const [person, setPerson] = useState(before ? String(before.customer_id) : '');
  const [role, setRole] = useState<StakeholderRole>(before?.role ?? 'decision_maker');
  const [note, setNote] = useState(before?.note ?? '');
  const [isMissing, setMissing] = useState(false);
  const names = ['customer_id', 'role', 'note'];
  const errorOf = (name: string) =>
    set.error instanceof ApiError ? set.error.fieldError(`stakeholders.${place}.${name}`) : undefined;
  return (
    <PartForm
      label={t('opportunities.stakeholders.add')}
      isPending={set.isPending}
      onDone={onDone}
      onSubmit={() => {
        setMissing(!person);
        if (!person) return;
        const next = all.map(sent);
        next[place] = { customer_id: Number(person), role, note, customer_name: null };
        set.mutate(next, {
          onSuccess: (operation) => {
            onDone();
            showUndo(t('common.saved'), operation);
          },
        });
      }}
    >
      <Refusal error={set.error} fields={names.map((name) => `stakeholders.${place}.${name}`)} />
      {!before && (
        <CustomerSelect
          label={t('opportunities.stakeholders.person')}
          value={person}
          onChange={setPerson}
          offered={contacts.map(({ other_id, other_name }) => ({ value: String(other_id), label: other_name }))}
          error={isMissing ? t('opportunities.stakeholders.choose') : errorOf('customer_id')}
          hasFocus
        />
      )}
      <Select
        label={t('opportunities.stakeholders.role')}
        data={roles.map((value) => ({ value, label: t(`opportunities.stakeholders.roles.${value}`) }))}
        value={role}
        onChange={(next) => next && setRole(next as StakeholderRole)}
        allowDeselect={false}
        error={errorOf('role')}
      />
      <TextInput
        label={t('opportunities.stakeholders.note')}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        error={errorOf('note')}
      />
    </PartForm>
  );
}
