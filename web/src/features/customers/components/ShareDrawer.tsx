import { ActionIcon, Alert, Button, Drawer, Select, Stack, Text } from '@mantine/core';
import { IconUser, IconUsers, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { foldedOptions } from '@/ui/folded-options';
import { showRefusal } from '@/ui/toasts';
import { sharesQuery, useEndShare, useShare } from '../record-queries';
import classes from './Sections.module.css';

/** With whom the customer is shared, and with whom it shall be. */
export default function ShareDrawer({ id, onClose }: { id: number; onClose: () => void }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { data: shares = [], error, refetch } = useQuery(sharesQuery(id));
  const end = useEndShare(id);
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={420}
      title={t('customers.share.action')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="md">
        <Text c="dimmed">{t('customers.share.text')}</Text>
        <Form id={id} />
        {error && <ErrorState error={error} onRetry={() => refetch()} />}
        <ul className={classes.list}>
          {shares.map((share) => {
            const name = share.user_name ?? share.team_name ?? '';
            const Icon = share.team_id ? IconUsers : IconUser;
            return (
              <li key={share.id} className={classes.item}>
                <span className={classes.icon} aria-hidden>
                  <Icon size={15} stroke={1.7} />
                </span>
                <span className={classes.text}>
                  {name}
                  <small>{t(`customers.share.level_${share.level}`, { defaultValue: share.level })}</small>
                </span>
                <ActionIcon
                  size="sm"
                  aria-label={t('customers.share.end', { name })}
                  onClick={() => end.mutate(share.id, { onError: (refusal) => showRefusal(textOf(refusal)) })}
                >
                  <IconX size={14} aria-hidden />
                </ActionIcon>
              </li>
            );
          })}
        </ul>
        {shares.length === 0 && !error && <Text c="dimmed">{t('customers.share.none')}</Text>}
      </Stack>
    </Drawer>
  );
}

function Form({ id }: { id: number }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { byName } = useCustomerFields();
  const share = useShare(id);
  const [whom, setWhom] = useState<string | null>(null);
  const [level, setLevel] = useState<'read' | 'write'>('read');
  const group = (kind: 'user' | 'team') => ({
    group: t(`customers.share.${kind}s`),
    items: (byName.get(kind === 'user' ? 'owner_id' : 'team_id')?.choices ?? []).map(({ value, label }) => ({
      value: `${kind} ${value}`,
      label,
    })),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const [kind, key] = (whom ?? '').split(' ');
    if (!key) return;
    const target = kind === 'team' ? { team_id: Number(key) } : { user_id: Number(key) };
    share.mutate({ ...target, level }, { onSuccess: () => setWhom(null) });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {share.error && (
          <Alert color="red" variant="light" role="alert">
            {textOf(share.error)}
          </Alert>
        )}
        <Select
          label={t('customers.share.whom')}
          data={[group('team'), group('user')]}
          value={whom}
          onChange={setWhom}
          searchable
          filter={foldedOptions}
          nothingFoundMessage={t('common.nothing_found')}
          // The drawer gives it the focus by itself; Escape is to close the drawer then, not a list nobody asked for.
          openOnFocus={false}
          data-autofocus
        />
        <Select
          label={t('customers.share.level')}
          data={(['read', 'write'] as const).map((value) => ({ value, label: t(`customers.share.level_${value}`) }))}
          value={level}
          onChange={(next) => next && setLevel(next as 'read' | 'write')}
          allowDeselect={false}
        />
        <Button type="submit" loading={share.isPending} disabled={!whom}>
          {t('customers.share.do')}
        </Button>
      </Stack>
    </form>
  );
}
