import { ActionIcon, Button, Group, Modal, Switch, Text } from '@mantine/core';
import { IconClockShield, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { recordSentenceQuery } from '@/api/record-fields';
import type { RetentionDryRun, RetentionRule } from '@/api/types';
import { asLanguage } from '@/lib/language';
import { formatCount } from '@/lib/money';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import type { Criteria } from '@/ui/filters/criteria';
import { Page } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { showRefusal } from '@/ui/toasts';
import { When } from '@/ui/When';
import { RetentionDrawer } from '../components/RetentionDrawer';
import { retentionQuery, useDeleteRule, useSwitchRule, useTryRule } from '../retention';

/** Who is deleted or erased in time. A rule works only after somebody has seen whom it meets. */
export function RetentionPage() {
  const { t, i18n } = useTranslation();
  const textOf = useErrorText();
  const { data, error, refetch } = useQuery(retentionQuery);
  const [edited, setEdited] = useState<RetentionRule | 'new' | undefined>();
  const [doomed, setDoomed] = useState<RetentionRule | undefined>();
  const [tried, setTried] = useState<{ rule: RetentionRule; outcome: RetentionDryRun } | undefined>();
  const flip = useSwitchRule();
  const trial = useTryRule();
  const remove = useDeleteRule();
  const refuse = (refusal: unknown) => showRefusal(textOf(refusal));
  const number = (count: number) => formatCount(count, i18n.language);
  const add = (
    <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setEdited('new')}>
      {t('customers.retention.new')}
    </Button>
  );

  return (
    <Page title={t('customers.retention.title')} lead={t('customers.retention.lead')} actions={add} wide>
      {error && !data ? (
        <ErrorState error={error} onRetry={() => refetch()} />
      ) : (
        <PlainTable
          label={t('customers.retention.title')}
          rows={data}
          rowId={({ id }) => id}
          columns={[
            {
              id: 'name',
              header: t('customers.retention.name'),
              cell: (rule) => (
                <>
                  {rule.name}
                  <Sentence criteria={rule.criteria as unknown as Criteria} />
                </>
              ),
            },
            {
              id: 'action',
              header: t('customers.retention.action'),
              cell: ({ action }) => t(`customers.retention.actions.${action}`),
            },
            {
              id: 'checked',
              header: t('customers.retention.checked'),
              cell: ({ checked_at, checked_count }) =>
                checked_at ? (
                  <>
                    {number(checked_count ?? 0)} · <When at={checked_at} relative />
                  </>
                ) : (
                  '—'
                ),
            },
            {
              id: 'total',
              header: t('customers.retention.total'),
              align: 'end',
              cell: ({ total_count }) => number(total_count),
            },
            {
              id: 'active',
              header: t('customers.retention.active'),
              cell: (rule) => (
                <Switch
                  checked={rule.is_active}
                  // The server would refuse as well.
                  disabled={!rule.is_active && !rule.checked_at}
                  description={!rule.is_active && !rule.checked_at ? t('customers.retention.untried') : undefined}
                  aria-label={t('customers.retention.switch', { name: rule.name })}
                  onChange={({ currentTarget }) =>
                    flip.mutate({ id: rule.id, is_active: currentTarget.checked }, { onError: refuse })
                  }
                />
              ),
            },
          ]}
          actions={(rule) => (
            <Group gap={4} wrap="nowrap" justify="flex-end">
              <Button
                variant="default"
                size="compact-sm"
                loading={trial.isPending && trial.variables === rule.id}
                onClick={() =>
                  trial.mutate(rule.id, { onSuccess: (outcome) => setTried({ rule, outcome }), onError: refuse })
                }
              >
                {t('customers.retention.try')}
              </Button>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('customers.retention.edit', { name: rule.name })}
                onClick={() => setEdited(rule)}
              >
                <IconPencil size={16} aria-hidden />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('customers.retention.delete', { name: rule.name })}
                onClick={() => setDoomed(rule)}
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            </Group>
          )}
          empty={
            <EmptyState
              icon={IconClockShield}
              title={t('customers.retention.none')}
              text={t('customers.retention.none_text')}
            >
              {add}
            </EmptyState>
          }
        />
      )}
      {edited && <RetentionDrawer rule={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />}
      <Modal
        opened={tried !== undefined}
        onClose={() => setTried(undefined)}
        title={tried?.rule.name}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Text>
          {t(`customers.retention.would_${tried?.rule.action === 'erase' ? 'erase' : 'delete'}`, {
            count: tried?.outcome.count ?? 0,
            number: number(tried?.outcome.count ?? 0),
          })}
        </Text>
        <ul>
          {tried?.outcome.sample.map(({ id, name, customer_code }) => (
            <li key={id}>
              <Link to="/customers/$customerId" params={{ customerId: id }}>
                {name}
              </Link>{' '}
              {customer_code}
            </li>
          ))}
        </ul>
      </Modal>
      <ConfirmDialog
        opened={doomed !== undefined}
        title={t('customers.retention.delete_title', { name: doomed?.name })}
        text={t('customers.retention.delete_text')}
        confirm={t('customers.delete')}
        onClose={() => setDoomed(undefined)}
        onConfirm={() => doomed && remove.mutate(doomed.id, { onError: refuse })}
      />
    </Page>
  );
}

function Sentence({ criteria }: { criteria: Criteria }) {
  const { i18n } = useTranslation();
  const { data } = useQuery(recordSentenceQuery('customers', criteria));
  return (
    <Text size="xs" c="dimmed" fw={400}>
      {data?.sentence[asLanguage(i18n.language)] ?? '…'}
    </Text>
  );
}
