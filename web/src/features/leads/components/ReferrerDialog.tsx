import { Button, Group, Modal, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { useRecordFields } from '@/api/record-fields';
import type { Lead } from '@/api/types';
import { CustomerSelect } from '@/ui/customer-select/CustomerSelect';
import { Refusal } from '@/ui/form/FormDrawer';
import { showUndo } from '@/ui/toasts';
import { useChangeLead } from '../queries';
import { titleOf } from '../title';

/** Names the customer who referred a lead, or nobody. */
export function ReferrerDialog({ lead, onClose }: { lead: Lead; onClose: () => void }) {
  const { t } = useTranslation();
  const { byName } = useRecordFields('leads');
  const change = useChangeLead(lead.id);
  const known =
    lead.referred_by === null ? undefined : { value: String(lead.referred_by), label: lead.referred_by_name ?? '' };
  const [chosen, setChosen] = useState(known?.value ?? '');
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('leads.referrer.title', { name: titleOf(lead) })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate(
            { changes: { referred_by: chosen ? Number(chosen) : null } },
            {
              onSuccess: ({ operation }) => {
                showUndo(t('common.saved'), operation);
                onClose();
              },
            },
          );
        }}
      >
        <Stack gap="sm">
          <Refusal error={change.error} fields={['referred_by']} />
          <CustomerSelect
            label={byName.get('referred_by')?.label ?? ''}
            known={known}
            value={chosen}
            onChange={setChosen}
            error={change.error instanceof ApiError ? change.error.fieldError('referred_by') : undefined}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={change.isPending}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
