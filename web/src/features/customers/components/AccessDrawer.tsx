import { Drawer, Select, Stack, Text } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
import { ErrorState } from '@/ui/ErrorState';
import { foldedOptions } from '@/ui/folded-options';
import { accessQuery } from '../record-queries';
import classes from './Sections.module.css';

/** What a colleague may do with the customer, and why. */
export default function AccessDrawer({ id, onClose }: { id: number; onClose: () => void }) {
  const { t } = useTranslation();
  const { byName } = useCustomerFields();
  const [user, setUser] = useState<string | null>(null);
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={420}
      title={t('customers.access.action')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="md">
        <Select
          label={t('customers.access.user')}
          data={byName.get('owner_id')?.choices ?? []}
          value={user}
          onChange={setUser}
          searchable
          filter={foldedOptions}
          nothingFoundMessage={t('common.nothing_found')}
          openOnFocus={false}
          data-autofocus
        />
        {user && <Explanation id={id} user={Number(user)} />}
      </Stack>
    </Drawer>
  );
}

function Explanation({ id, user }: { id: number; user: number }) {
  const { t } = useTranslation();
  const { byName } = useCustomerFields();
  const { data, error, refetch } = useQuery(accessQuery(id, user));
  if (error) return <ErrorState error={error} onRetry={() => refetch()} />;
  const fields = Object.entries(data?.fields ?? {});
  return (
    <>
      <ul className={classes.list}>
        {data?.permissions.map(({ name, is_allowed, reasons }) => (
          <li key={name} className={classes.item}>
            <span className={classes.state} data-status={is_allowed ? 'granted' : 'denied'}>
              {is_allowed ? <IconCheck size={16} aria-hidden /> : <IconX size={16} aria-hidden />}
            </span>
            <span className={classes.text}>
              {t(`customers.access.${name.replace('.', '_')}`, { defaultValue: name })}
              <span className="visually-hidden">: {is_allowed ? t('common.yes') : t('common.no')}</span>
              <small>{reasons.map(({ text }) => text).join(' ')}</small>
            </span>
          </li>
        ))}
      </ul>
      {fields.length > 0 && (
        <Text c="dimmed">
          {fields
            .map(([name, access]) => `${byName.get(name)?.label ?? name}: ${t(`customers.access.field_${access}`)}`)
            .join(' · ')}
        </Text>
      )}
    </>
  );
}
