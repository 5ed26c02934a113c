import { Alert, Checkbox, Select, TextInput } from '@mantine/core';
import { IconBuilding, IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Relation } from '@/api/types';
import { formatPhone } from '@/lib/phone';
import { CustomerSelect } from '@/ui/customer-select/CustomerSelect';
import { relationsQuery } from '../queries';
import { Item, Section, Submit, useSectionForm } from './Section';
import classes from './Sections.module.css';
import { useAmending, useEntrySaving } from './use-amending';
import { useRemoval } from './use-removal';
import { useRoles } from './use-roles';

/** Those whom one calls about a company; the rest are ties between customers. */
const contactRoles: string[] = ['contact', 'employee', 'owner'];

/** Ties to other customers: the people of a company first, then its parent company and the like. */
export function Relations({
  id,
  first,
  isCompany,
  mayWrite,
}: {
  id: number;
  /** Those that came with the customer, until all are here. */
  first: Relation[];
  isCompany: boolean;
  mayWrite: boolean;
}) {
  const { t } = useTranslation();
  const { data: relations = first } = useQuery(relationsQuery(id));
  const isContact = ({ role, other_type }: Relation) =>
    isCompany && other_type === 'individual' && contactRoles.includes(role);
  const contacts = relations.filter(isContact);
  const others = relations.filter((relation) => !isContact(relation));
  return (
    <>
      {isCompany && (
        <Ties id={id} mayWrite={mayWrite} title={t('customers.sections.contacts')} relations={contacts} withNumbers />
      )}
      <Ties
        id={id}
        mayWrite={mayWrite}
        title={t('customers.sections.relations')}
        relations={others}
        role={isCompany ? 'partner' : 'contact_of'}
      />
    </>
  );
}

function Ties({
  id,
  mayWrite,
  title,
  relations,
  role = 'contact',
  withNumbers = false,
}: {
  id: number;
  mayWrite: boolean;
  title: string;
  relations: Relation[];
  /** What a new one is, unless another role is chosen. */
  role?: string;
  withNumbers?: boolean;
}) {
  const { t } = useTranslation();
  const roles = useRoles();
  const remove = useRemoval(id, 'relations');
  const amend = useAmending(id, 'relations');
  return (
    <Section<Relation>
      title={title}
      isEmpty={relations.length === 0}
      form={mayWrite ? (close, relation) => <Form id={id} relation={relation} role={role} onDone={close} /> : undefined}
    >
      {(edit) => (
        <ul className={classes.list}>
          {relations.map((relation) => {
            const Icon = relation.other_type === 'company' ? IconBuilding : IconUser;
            const told = [
              roles.find(({ value }) => value === String(relation.role))?.label,
              relation.title,
              relation.is_primary && t('customers.sections.primary'),
            ];
            const makePrimary = {
              label: t('customers.sections.make_primary'),
              onClick: () => amend(relation.id, { is_primary: true }),
            };
            const actions = [
              ...(relation.is_primary ? [] : [makePrimary]),
              { label: t('customers.sections.edit'), onClick: () => edit(relation) },
              { label: t('customers.sections.remove'), onClick: () => remove(relation.id) },
            ];
            return (
              <Item
                key={relation.id}
                icon={<Icon size={15} stroke={1.7} />}
                title={
                  <Link to="/customers/$customerId" params={{ customerId: relation.other_id }}>
                    {relation.other_name}
                  </Link>
                }
                detail={
                  <>
                    {told.filter(Boolean).join(' · ')}
                    {withNumbers && <Numbers phone={relation.other_phone} email={relation.other_email} />}
                  </>
                }
                actions={mayWrite ? actions : []}
                menuLabel={t('customers.sections.actions', { name: relation.other_name })}
              />
            );
          })}
        </ul>
      )}
    </Section>
  );
}

/** How a contact person is reached, as far as one may know. */
function Numbers({ phone, email }: { phone: string | null | undefined; email: string | null | undefined }) {
  if (!(phone || email)) return null;
  return (
    <span className={classes.numbers}>
      {phone && <a href={`tel:${phone}`}>{formatPhone(phone)}</a>}
      {email && <a href={`mailto:${email}`}>{email}</a>}
    </span>
  );
}

function Form({
  id,
  relation,
  role,
  onDone,
}: {
  id: number;
  relation: Relation | undefined;
  role: string;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const save = useEntrySaving(id, 'relations', relation?.id);
  const form = useSectionForm(
    {
      other_id: '',
      role: String(relation?.role ?? role),
      title: relation?.title ?? '',
      is_primary: relation?.is_primary ?? false,
    },
    ({ other_id, ...values }) => save(relation ? values : { ...values, other_id: Number(other_id) }),
    onDone,
  );
  const roles = useRoles();
  return (
    <form className={classes.form} onSubmit={form.submit}>
      {form.general && <Alert color="red">{form.general}</Alert>}
      {!relation && (
        <CustomerSelect
          label={t('customers.relation.other')}
          without={[id]}
          hasFocus
          value={form.values.other_id}
          onChange={(other) => form.set('other_id', other)}
          error={form.errorOf('other_id')}
        />
      )}
      <Select
        label={t('customers.relation.role')}
        data={roles}
        value={form.values.role}
        onChange={(next) => next && form.set('role', next)}
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
      <Checkbox
        label={t('customers.sections.primary')}
        checked={form.values.is_primary}
        onChange={(event) => form.set('is_primary', event.currentTarget.checked)}
      />
      <Submit isSending={form.isSending} onCancel={onDone} />
    </form>
  );
}
