import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
import type { Customer } from '@/api/types';
import { ErrorState } from '@/ui/ErrorState';
import { FactList } from '@/ui/facts/FactList';
import { PersonBadge } from '@/ui/PersonBadge';
import type { PeekProps } from '@/ui/record-list/listing';
import { PeekBones, PeekHead, PeekPanel, PeekPart } from '@/ui/record-list/PeekPanel';
import { factGroups } from '../facts';
import { customerQuery } from '../queries';
import { History } from './History';

/** A customer beside the list: what matters, to be edited in place, and what happened last. */
export function Peek({ onSave, ...panel }: PeekProps<Customer>) {
  const { id } = panel;
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(customerQuery(id));
  const { list: fields } = useCustomerFields();
  const customer = data?.profile;
  const groups = useMemo(() => (customer ? factGroups(customer, fields, t) : []), [customer, fields, t]);

  return (
    <PeekPanel
      {...panel}
      noun={t('customers.noun', { count: 1 })}
      page={(props) => <Link to="/customers/$customerId" params={{ customerId: id }} {...props} />}
    >
      {error && !data && <ErrorState error={error} onRetry={() => refetch()} />}
      {!error && !customer && <PeekBones />}
      {customer && data && (
        <>
          <PeekHead name={customer.name}>
            <span>{t(`customers.type.${customer.customer_type}`)}</span>
            <span>{customer.customer_code}</span>
            {!customer.is_active && <span>{t('customers.inactive')}</span>}
            {customer.owner_name && <PersonBadge name={customer.owner_name} />}
          </PeekHead>
          <FactList
            groups={groups}
            readOnly={!onSave}
            onSave={async (name, value) => onSave?.(customer, name, value)}
          />
          <PeekPart title={t('common.record.history')}>
            <History id={id} first={data.timeline} />
          </PeekPart>
        </>
      )}
    </PeekPanel>
  );
}
