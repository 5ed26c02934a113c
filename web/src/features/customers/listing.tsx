import { IconUsers } from '@tabler/icons-react';
import type { QueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type LocalField, type LocalFields, useCustomerFields } from '@/api/customer-fields';
import { may, useMe } from '@/api/session';
import type { Customer, Customer360 } from '@/api/types';
import { formatPhone } from '@/lib/phone';
import type { Fact } from '@/ui/facts/fact';
import { recordFact } from '@/ui/facts/record-fact';
import { Money } from '@/ui/Money';
import { PersonBadge } from '@/ui/PersonBadge';
import { RowLink } from '@/ui/RowLink';
import classes from '@/ui/record-list/cells.module.css';
import type { Look } from '@/ui/record-list/columns';
import type { Listing } from '@/ui/record-list/listing';
import { BulkTools } from './components/BulkTools';
import { Peek } from './components/Peek';
import { isShown } from './facts';
import { customerQuery } from './queries';

const usualColumns = [
  'name',
  'customer_code',
  'city',
  'primary_phone',
  'primary_email',
  'tags',
  'owner_id',
  'annual_revenue',
  'updated_at',
];

/** Columns that look different from what the kind of their field suggests. */
const looks: Record<string, Look<Customer>> = {
  name: { width: 206, grow: 3, cell: (customer) => <NameCell customer={customer} /> },
  customer_code: {
    width: 112,
    cell: ({ customer_code }) => <span className={classes.code}>{customer_code}</span>,
  },
  city: { width: 96, grow: 1 },
  primary_phone: { width: 148 },
  primary_email: { width: 150, grow: 2 },
  tags: { width: 96, grow: 1, cell: ({ tags }) => <TagsCell tags={tags} /> },
  owner_id: { width: 126, grow: 1, cell: ({ owner_name }) => (owner_name ? <PersonBadge name={owner_name} /> : null) },
  team_id: { width: 110, cell: ({ team_name }) => <span>{team_name}</span> },
};

/** What tells one customer from another is not given to many; tags have actions of their own. */
const ofOne = new Set([
  'customer_code',
  'customer_type',
  'first_name',
  'last_name',
  'company_name',
  'tax_number',
  'identity_number',
  'primary_email',
  'secondary_email',
  'primary_phone',
  'secondary_phone',
  'tags',
]);

/** The list of customers. */
export function useCustomerListing(): Listing<Customer> {
  const { t } = useTranslation();
  const me = useMe();
  const fields = useCustomerFields();
  return useMemo(
    () => ({
      kind: 'customers',
      icon: IconUsers,
      title: t('customers.title'),
      noun: (count) => t('customers.noun', { count }),
      search: t('customers.search'),
      noneText: t('customers.none_text'),
      fields,
      may: {
        write: may(me, 'customer.write'),
        delete: may(me, 'customer.delete'),
        export: may(me, 'customer.export'),
      },
      nameOf: ({ name }) => name,
      usualColumns,
      looks,
      editedFact: (customer, field) => editedFact(customer, field, fields),
      card: customerCard,
      ownerField: 'owner_id',
      isForMany: ({ name }) => !ofOne.has(name),
      Bulk: BulkTools,
      Peek,
      putElsewhere: putOnPage,
    }),
    [t, me, fields],
  );
}

/** A company's name is that of the company. */
function editedFact(customer: Customer, field: LocalField, fields: LocalFields): Fact | undefined {
  const isCompanyName = field.name === 'name' && customer.customer_type === 'company';
  const edited = isCompanyName ? fields.byName.get('company_name') : field;
  return edited && isShown(edited, customer) ? recordFact(customer, edited) : undefined;
}

/** The page of the customer shows what the list changes. */
function putOnPage(client: QueryClient, id: number, change: (customer: Customer) => Customer): () => void {
  const { queryKey } = customerQuery(id);
  const page = client.getQueryData<Customer360>(queryKey);
  if (!page) return () => {};
  client.setQueryData<Customer360>(queryKey, { ...page, profile: change(page.profile) });
  return () => client.setQueryData(queryKey, page);
}

/** A building and a person, each in one line: hundreds of them pass as one scrolls. */
const typeOutlines = {
  company: 'M3 21h18M9 8h1M9 12h1M9 16h1M14 8h1M14 12h1M14 16h1M5 21v-16a2 2 0 0 1 2 -2h10a2 2 0 0 1 2 2v16',
  individual: 'M8 7a4 4 0 1 0 8 0a4 4 0 0 0 -8 0M6 21v-2a4 4 0 0 1 4 -4h4a4 4 0 0 1 4 4v2',
};

function NameCell({ customer }: { customer: Customer }) {
  return (
    <>
      <svg className={classes.type} viewBox="0 0 24 24" aria-hidden="true">
        <path d={customer.customer_type === 'company' ? typeOutlines.company : typeOutlines.individual} />
      </svg>
      <RowLink to={`/customers/${customer.id}`} className={classes.name} inactive={!customer.is_active}>
        {customer.name}
      </RowLink>
    </>
  );
}

function TagsCell({ tags }: { tags: string[] }) {
  return (
    <span>
      {tags.map((tag) => (
        <span key={tag} className={classes.tag}>
          {tag}
        </span>
      ))}
    </span>
  );
}

function customerCard(customer: Customer) {
  const second = [customer.city, formatPhone(customer.primary_phone) || customer.primary_email]
    .filter(Boolean)
    .join(' · ');
  return (
    <>
      <div className={classes.cardTop}>
        <NameCell customer={customer} />
        {customer.annual_revenue && (
          <span className={classes.money}>
            <Money amount={customer.annual_revenue} currency={customer.currency} compact />
          </span>
        )}
      </div>
      <div className={classes.cardBottom} data-indented>
        {second || customer.customer_code}
      </div>
    </>
  );
}
