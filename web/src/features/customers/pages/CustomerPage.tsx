import { ActionIcon, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronLeft, IconDots, IconTrash } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type LocalField, useCustomerFields } from '@/api/customer-fields';
import { type Conflict, isStatus } from '@/api/error';
import { may, useMe } from '@/api/session';
import type { Customer } from '@/api/types';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { ConflictDialog } from '@/ui/ConflictDialog';
import { useErrorText } from '@/ui/error-text';
import { FactList } from '@/ui/facts/FactList';
import { PersonBadge } from '@/ui/PersonBadge';
import { showRefusal, showUndo } from '@/ui/toasts';
import cells from '../components/cells.module.css';
import { History } from '../components/History';
import { Sections } from '../components/Sections';
import { changeOf, factGroups } from '../facts';
import { customerQuery, useChangeCustomer, useDeleteCustomer } from '../queries';
import classes from './CustomerPage.module.css';

/** Everything about one customer: facts to edit in place, what happened, what hangs on it. */
export function CustomerPage({ id }: { id: number }) {
  const { t } = useTranslation();
  const me = useMe();
  const { data } = useSuspenseQuery(customerQuery(id));
  const { profile: customer } = data;
  const { list: fields, byName } = useCustomerFields();
  const groups = useMemo(() => factGroups(customer, fields, t), [customer, fields, t]);
  const { save, conflicts, resolve, giveUp } = useSaving(customer, byName);
  const mayWrite = may(me, 'customer.write');

  return (
    <div className={classes.page}>
      <Head customer={customer} />
      <div className={classes.grid}>
        <div className={classes.column}>
          <h2 className="visually-hidden">{t('customers.facts.title')}</h2>
          <FactList groups={groups} onSave={save} readOnly={!mayWrite} />
        </div>
        <div className={`${classes.column} ${classes.middle}`}>
          <div className={classes.history}>
            <h2 className={classes.heading}>{t('customers.history')}</h2>
            <History id={id} first={data.timeline} />
          </div>
        </div>
        <div className={`${classes.column} ${classes.side}`}>
          <Sections id={id} data={data} mayWrite={mayWrite} />
        </div>
      </div>
      <ConflictDialog
        conflicts={conflicts}
        labelOf={(name) => byName.get(name)?.label ?? name}
        say={(name, value) =>
          byName.get(name)?.choices.find((choice) => choice.value === value)?.label ?? String(value ?? '')
        }
        onResolve={resolve}
        onClose={giveUp}
      />
    </div>
  );
}

function Head({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const me = useMe();
  const textOf = useErrorText();
  const navigate = useNavigate();
  const remove = useDeleteCustomer(customer.id);
  const [deleting, deletion] = useDisclosure();
  const erase = () =>
    remove.mutate(undefined, {
      onSuccess: (operation) => {
        showUndo(t('customers.deleted', { name: customer.name }), operation);
        navigate({ to: '/customers' });
      },
      onError: (error) => showRefusal(textOf(error)),
    });

  return (
    <header className={classes.head}>
      <div>
        <Link to="/customers" className={classes.back}>
          <IconChevronLeft size={13} aria-hidden />
          {t('customers.title')}
        </Link>
        <h1 className={classes.title}>{customer.name}</h1>
        <div className={classes.under}>
          <span className={classes.status} data-inactive={!customer.is_active || undefined}>
            {customer.is_active ? t('customers.active') : t('customers.inactive')}
          </span>
          <span>{t(`customers.type.${customer.customer_type}`)}</span>
          <span className={classes.code}>{customer.customer_code}</span>
          {customer.city && <span>{customer.city}</span>}
          {customer.owner_name && (
            <span title={t('customers.owner')}>
              <PersonBadge name={customer.owner_name} />
            </span>
          )}
          {customer.tags.length > 0 && (
            <span>
              {customer.tags.map((tag) => (
                <span key={tag} className={cells.tag}>
                  {tag}
                </span>
              ))}
            </span>
          )}
        </div>
      </div>
      {may(me, 'customer.delete') && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon size="lg" aria-label={t('customers.more_actions')}>
              <IconDots size={18} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconTrash size={15} aria-hidden />} onClick={deletion.open}>
              {t('customers.delete')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <ConfirmDialog
        opened={deleting}
        title={t('customers.delete_title', { name: customer.name })}
        text={t('customers.delete_text')}
        confirm={t('customers.delete')}
        onConfirm={erase}
        onClose={deletion.close}
      />
    </header>
  );
}

/** Saves one field; where others changed it meanwhile, asks which version is to stay. */
function useSaving(customer: Customer, fields: Map<string, LocalField>) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const change = useChangeCustomer(customer.id);
  const [conflicts, setConflicts] = useState<Record<string, Conflict> | undefined>();

  const save = async (name: string, value: unknown) => {
    try {
      const { operation } = await change.mutateAsync({ changes: changeOf(fields.get(name) as LocalField, value) });
      showUndo(t('customers.saved'), operation);
    } catch (error) {
      if (!isStatus(error, 409) || Object.keys(error.conflicts).length === 0) throw error;
      setConflicts(error.conflicts);
    }
  };
  const resolve = (changes: Record<string, unknown>) => {
    setConflicts(undefined);
    change.mutate(
      { changes, regardless: true },
      {
        onSuccess: ({ operation }) => showUndo(t('customers.saved'), operation),
        onError: (error) => showRefusal(textOf(error)),
      },
    );
  };
  return { save, conflicts, resolve, giveUp: () => setConflicts(undefined) };
}
