import { Button, Group, List, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Customer } from '@/api/types';
import { fold } from '@/lib/text';
import { errorsOf, Refusal } from '@/ui/form/FormDrawer';
import { showUndo } from '@/ui/toasts';
import { useErase } from '../record-queries';

/** Asks for the name before a customer is made anonymous for good, and says what goes and what stays. */
export default function EraseDialog({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const erase = useErase(customer.id);
  const [name, setName] = useState('');
  const [reason, setReason] = useState('');
  const isMeant = fold(name) === fold(customer.name);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isMeant) return;
    erase.mutate(
      { customer_code: customer.customer_code, reason },
      {
        onSuccess: () => {
          // Nothing can be undone here: the message only tells.
          showUndo(t('customers.erase.done', { code: customer.customer_code }), undefined);
          navigate({ to: '/customers' });
        },
      },
    );
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('customers.erase.title', { name: customer.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Refusal error={erase.error} fields={['reason']} />
          <List size="sm" spacing={4}>
            <List.Item>{t('customers.erase.goes')}</List.Item>
            <List.Item>{t('customers.erase.stays')}</List.Item>
          </List>
          <Text fw={600}>{t('customers.erase.for_good')}</Text>
          <TextInput
            label={t('customers.erase.reason')}
            description={t('customers.erase.reason_hint')}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={errorsOf(erase.error, ['reason']).reason}
            data-autofocus
          />
          <TextInput
            label={t('customers.erase.name', { name: customer.name })}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            autoComplete="off"
          />
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" color="red.8" disabled={!isMeant} loading={erase.isPending}>
              {t('customers.erase.do')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
