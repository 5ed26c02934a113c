import { ActionIcon, Button, Select, TextInput } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import type { Opportunity } from '@/api/types';
import { CustomerSelect } from '@/ui/customer-select/CustomerSelect';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { Refusal } from '@/ui/form/FormDrawer';
import { PagePart } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { showRefusal, showUndo } from '@/ui/toasts';
import { roles, type Stakeholder, type StakeholderRole } from '../parts';
import { contactsQuery, stakeholdersQuery, useSetStakeholders } from '../record-queries';
import classes from './Parts.module.css';

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
  const { data, error, refetch } = useQuery(stakeholdersQuery(id));
  const set = useSetStakeholders(id);
  const [open, setOpen] = useState<number | undefined>();
  const all = data ?? [];
  const titled = t('opportunities.stakeholders.title');
  const remove = (customerId: number) =>
    set.mutate(all.filter((one) => one.customer_id !== customerId).map(sent), {
      onSuccess: (operation) => showUndo(t('opportunities.stakeholders.removed'), operation),
      onError: (refusal) => showRefusal(textOf(refusal)),
    });
  if (error && !data) return <ErrorState error={error} onRetry={() => refetch()} />;
  return (
    <PagePart
      id="stakeholders"
      title={titled}
      actions={
        !readOnly && (
          <Button
            variant="default"
            leftSection={<IconPlus size={15} aria-hidden />}
            onClick={() => setOpen(all.length)}
          >
            {t('opportunities.stakeholders.add')}
          </Button>
        )
      }
    >
      <PlainTable
        label={titled}
        rows={data}
        rowId={({ customer_id }) => customer_id}
        empty={<p className={classes.none}>{t('opportunities.stakeholders.none')}</p>}
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
        actions={
          readOnly
            ? undefined
            : ({ customer_id, customer_name: name }) => (
                <>
                  <ActionIcon
                    aria-label={t('opportunities.lines.edit', { name })}
                    onClick={() => setOpen(all.findIndex((one) => one.customer_id === customer_id))}
                  >
                    <IconPencil size={15} aria-hidden />
                  </ActionIcon>
                  <ActionIcon
                    aria-label={t('opportunities.lines.remove', { name })}
                    onClick={() => remove(customer_id)}
                  >
                    <IconTrash size={15} aria-hidden />
                  </ActionIcon>
                </>
              )
        }
      />
      {open !== undefined && !readOnly && (
        <Form key={open} id={id} customer={customer} place={open} all={all} onDone={() => setOpen(undefined)} />
      )}
    </PagePart>
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
    <form
      className={classes.form}
      aria-label={t('opportunities.stakeholders.add')}
      noValidate
      onKeyDown={(event) => event.key === 'Escape' && onDone()}
      onSubmit={(event) => {
        event.preventDefault();
        setMissing(!person);
        if (!person) return;
        const next = all.map(sent);
        next[place] = { customer_id: Number(person), role, note, customer_name: null };
        set.mutate(next, {
          onSuccess: (operation) => {
            onDone();
            showUndo(t('opportunities.saved'), operation);
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
      <div className={classes.buttons}>
        <Button variant="default" onClick={onDone}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={set.isPending}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}
