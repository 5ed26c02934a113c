import { ActionIcon, Button, Skeleton } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconExternalLink, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
import type { Customer } from '@/api/types';
import { ErrorState } from '@/ui/ErrorState';
import { FactList } from '@/ui/facts/FactList';
import { PersonBadge } from '@/ui/PersonBadge';
import { useShortcuts } from '@/ui/shortcuts/registry';
import { factGroups } from '../facts';
import { customerQuery } from '../queries';
import { History } from './History';
import classes from './Peek.module.css';

/** A customer beside the list: what matters, to be edited in place, and what happened last. */
export function Peek({
  id,
  onClose,
  onPrevious,
  onNext,
  onSave,
}: {
  id: number;
  onClose: () => void;
  /** Absent at the ends of the list. */
  onPrevious?: () => void;
  onNext?: () => void;
  /** Absent where nothing may be changed. */
  onSave?: (customer: Customer, name: string, value: unknown) => Promise<unknown>;
}) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(customerQuery(id));
  const { list: fields } = useCustomerFields();
  const panel = useRef<HTMLElement>(null);
  const customer = data?.profile;
  const groups = useMemo(() => (customer ? factGroups(customer, fields, t) : []), [customer, fields, t]);
  useShortcuts(t('common.shortcuts.table'), [{ keys: 'Escape', label: t('customers.peek.close'), run: onClose }]);
  useEffect(() => panel.current?.focus({ preventScroll: true }), []);

  return (
    <aside ref={panel} className={classes.panel} aria-label={t('customers.peek.title')} tabIndex={-1} data-beside>
      <div className={classes.bar}>
        <ActionIcon
          disabled={!onPrevious}
          aria-label={t('customers.peek.previous')}
          title={`${t('customers.peek.previous')} (k)`}
          onClick={onPrevious}
        >
          <IconArrowUp size={16} aria-hidden />
        </ActionIcon>
        <ActionIcon
          disabled={!onNext}
          aria-label={t('customers.peek.next')}
          title={`${t('customers.peek.next')} (j)`}
          onClick={onNext}
        >
          <IconArrowDown size={16} aria-hidden />
        </ActionIcon>
        <Button
          renderRoot={(props) => <Link to="/customers/$customerId" params={{ customerId: id }} {...props} />}
          variant="subtle"
          leftSection={<IconExternalLink size={15} aria-hidden />}
        >
          {t('customers.peek.open')}
        </Button>
        <ActionIcon className={classes.close} aria-label={t('common.close')} onClick={onClose}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </div>
      <div className={classes.content} key={id}>
        {error && !data && <ErrorState error={error} onRetry={() => refetch()} />}
        {!error && !customer && <Bones />}
        {customer && data && (
          <>
            <h2 className={classes.name}>{customer.name}</h2>
            <p className={classes.under}>
              <span>{t(`customers.type.${customer.customer_type}`)}</span>
              <span>{customer.customer_code}</span>
              {!customer.is_active && <span>{t('customers.inactive')}</span>}
              {customer.owner_name && <PersonBadge name={customer.owner_name} />}
            </p>
            <FactList
              groups={groups}
              readOnly={!onSave}
              onSave={async (name, value) => onSave?.(customer, name, value)}
            />
            <h3 className={classes.heading}>{t('common.record.history')}</h3>
            <History id={id} first={data.timeline} />
          </>
        )}
      </div>
    </aside>
  );
}

function Bones() {
  return (
    <div aria-busy="true">
      <Skeleton height={22} width="60%" mb={10} />
      <Skeleton height={14} width="40%" mb={26} />
      {[70, 50, 80, 60, 65].map((width) => (
        <Skeleton key={width} height={14} width={`${width}%`} mb={18} />
      ))}
    </div>
  );
}
