import { IconBuilding, IconUser } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { LocalField } from '@/api/customer-fields';
import type { Customer } from '@/api/types';
import { formatPhone } from '@/lib/phone';
import { FactValue } from '@/ui/facts/FactValue';
import { type Fact, isEmptyFact } from '@/ui/facts/fact';
import { factKind, storedValue } from '@/ui/facts/field-facts';
import { Money } from '@/ui/Money';
import { PersonBadge } from '@/ui/PersonBadge';
import type { Column } from '@/ui/record-table/column';
import { When } from '@/ui/When';
import classes from './components/cells.module.css';
import { isShown } from './facts';

/** The columns of a list that nobody has arranged. */
export const usualColumns = [
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

type Look = Pick<Column<Customer>, 'width' | 'grow' | 'align'> & { cell?: Column<Customer>['cell'] };

/** Columns that look different from what the kind of their field suggests. */
const looks: Record<string, Look> = {
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

const byKind: Record<string, Look> = {
  money: { width: 122, align: 'end' },
  number: { width: 110, align: 'end' },
  date: { width: 118 },
  date_time: { width: 108 },
  boolean: { width: 90 },
  multi_choice: { width: 140, grow: 1 },
};

/** The fields that can be columns: those that a row of the list has. The others are ways to find, not values to show. */
export function columnFields(fields: LocalField[]): LocalField[] {
  return fields.filter((field) => field.is_custom || field.is_writable || field.is_sortable);
}

/** The columns by the names of their fields; headers, sorting and editing come from the server's fields. */
export function customerColumns(
  names: string[],
  fields: Map<string, LocalField>,
  widths: Record<string, number>,
): Column<Customer>[] {
  return names.flatMap((name): Column<Customer>[] => {
    const field = fields.get(name);
    if (!field) return [];
    const { cell, ...look } = looks[name] ?? byKind[field.kind] ?? { width: 130 };
    const width = widths[name];
    return [
      {
        id: name,
        header: field.label,
        sortable: field.is_sortable,
        cell: cell ?? ((customer) => <FieldCell customer={customer} field={field} />),
        fact: (customer) => factOf(customer, field, fields),
        ...look,
        ...(width !== undefined && { width, grow: undefined }),
      },
    ];
  });
}

/** What is edited when the cell of a field is; a company's name is that of the company. */
function factOf(customer: Customer, field: LocalField, fields: Map<string, LocalField>): Fact | undefined {
  const isCompanyName = field.name === 'name' && customer.customer_type === 'company';
  const edited = isCompanyName ? fields.get('company_name') : field;
  if (!edited || !isShown(edited, customer)) return undefined;
  return { ...shownFact(customer, edited), name: edited.name };
}

function shownFact(customer: Customer, field: LocalField): Fact {
  return {
    name: field.name,
    label: field.label,
    kind: factKind(field),
    value: storedValue(customer, field),
    choices: field.choices,
    currency: customer.currency,
  };
}

function FieldCell({ customer, field }: { customer: Customer; field: LocalField }) {
  const fact = shownFact(customer, field);
  if (isEmptyFact(fact)) return null;
  if (field.kind === 'date_time') {
    return (
      <span className={classes.quiet}>
        <When at={String(fact.value)} relative />
      </span>
    );
  }
  return (
    <span>
      <FactValue fact={fact} />
    </span>
  );
}

function NameCell({ customer }: { customer: Customer }) {
  const Icon = customer.customer_type === 'company' ? IconBuilding : IconUser;
  return (
    <>
      <Icon size={15} stroke={1.6} className={classes.type} aria-hidden />
      <Link
        to="/customers/$customerId"
        params={{ customerId: customer.id }}
        className={classes.name}
        data-row-link
        data-inactive={!customer.is_active || undefined}
      >
        {customer.name}
      </Link>
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

/** A customer as a card, for phones. */
export function customerCard(customer: Customer) {
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
      <div className={classes.cardBottom}>{second || customer.customer_code}</div>
    </>
  );
}
