import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
import type { CustomerBrief } from '@/api/types';
import { formatPhone } from '@/lib/phone';
import { fold } from '@/lib/text';
import { When } from '@/ui/When';
import classes from './Duplicates.module.css';

const shown = ['customer_code', 'primary_phone', 'primary_email', 'city'] as const;

/** Two customers side by side; where they say different things, it is marked. */
export function Glance({ first, second }: { first: CustomerBrief; second: CustomerBrief }) {
  const { t } = useTranslation();
  const { byName } = useCustomerFields();
  return (
    <table className={classes.glance}>
      <thead>
        <tr>
          <td />
          {[first, second].map((customer) => (
            <th key={customer.id} scope="col">
              <Link to="/customers/$customerId" params={{ customerId: customer.id }}>
                {customer.name}
              </Link>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map((name) => {
          const [a, b] = [first[name], second[name]];
          const differs = name !== 'customer_code' && a !== '' && b !== '' && fold(a) !== fold(b);
          return (
            <tr key={name} data-differs={differs || undefined}>
              <th scope="row">
                {byName.get(name)?.label ?? name}
                {differs && <span className="visually-hidden"> ({t('customers.duplicate.differs')})</span>}
              </th>
              {[first, second].map((customer) => (
                <td key={customer.id}>{name === 'primary_phone' ? formatPhone(customer[name]) : customer[name]}</td>
              ))}
            </tr>
          );
        })}
        <tr>
          <th scope="row">{t('customers.duplicate.created')}</th>
          {[first, second].map((customer) => (
            <td key={customer.id}>
              <When at={customer.created_at} />
            </td>
          ))}
        </tr>
      </tbody>
    </table>
  );
}
