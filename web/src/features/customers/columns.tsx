import { IconBuilding, IconUser } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { LocalField } from '@/api/customer-fields';
import type { Customer } from '@/api/types';
import { formatPhone } from '@/lib/phone';
import { Money } from '@/ui/Money';
import { PersonBadge } from '@/ui/PersonBadge';
import type { Column } from '@/ui/record-table/column';
import { When } from '@/ui/When';
import classes from './components/cells.module.css';

type CellColumn = Omit<Column<Customer>, 'header' | 'sortable'>;

const columns: CellColumn[] = [
  { id: 'name', width: 210, grow: 3, cell: (customer) => <NameCell customer={customer} /> },
  {
    id: 'customer_code',
    width: 114,
    cell: ({ customer_code }) => <span className={classes.code}>{customer_code}</span>,
  },
  { id: 'city', width: 96, grow: 1, cell: ({ city }) => <span>{city}</span> },
  { id: 'primary_phone', width: 148, cell: ({ primary_phone }) => <span>{formatPhone(primary_phone)}</span> },
  { id: 'primary_email', width: 150, grow: 2, cell: ({ primary_email }) => <span>{primary_email}</span> },
  { id: 'tags', width: 96, grow: 1, cell: ({ tags }) => <TagsCell tags={tags} /> },
  {
    id: 'owner_id',
    width: 126,
    grow: 1,
    cell: ({ owner_name }) => (owner_name ? <PersonBadge name={owner_name} /> : null),
  },
  {
    id: 'annual_revenue',
    width: 122,
    align: 'end',
    cell: ({ annual_revenue, currency }) =>
      annual_revenue ? (
        <span>
          <Money amount={annual_revenue} currency={currency} compact />
        </span>
      ) : null,
  },
  {
    id: 'updated_at',
    width: 100,
    cell: ({ updated_at }) => (
      <span className={classes.quiet}>
        <When at={updated_at} relative />
      </span>
    ),
  },
];

/** The columns of the list; headers and sorting come from the server's fields. */
export function customerColumns(fields: Map<string, LocalField>): Column<Customer>[] {
  return columns.map((column) => {
    const field = fields.get(column.id);
    return { ...column, header: field?.label ?? column.id, sortable: field?.is_sortable ?? false };
  });
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
