import { Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { Refusal } from '@/ui/form/FormDrawer';
import { showUndo } from '@/ui/toasts';
import { type LeadLine, useQualify } from '../queries';
import { JUNK, reasons } from '../reasons';
import { titleOf } from '../title';

/** Rules a lead out, with the reason; junk is one of them. */
export function DisqualifyDialog({ lead, opened, onClose }: { lead: LeadLine; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const qualify = useQualify();
  const [chosen, setChosen] = useState('');
  const [other, setOther] = useState('');
  const complaint = qualify.error instanceof ApiError ? qualify.error.fieldError('reason') : undefined;
  const reasonOf = () => {
    if (chosen === 'other') return other;
    return chosen === JUNK || chosen === '' ? chosen : t(`leads.reasons.${chosen}`);
  };

  const close = () => {
    setChosen('');
    setOther('');
    qualify.reset();
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('leads.disqualify.title', { name: titleOf(lead) })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          qualify.mutate(
            { id: lead.id, status: 'disqualified', reason: reasonOf() },
            {
              onSuccess: ({ operation }) => {
                showUndo(t('leads.done.disqualified', { name: titleOf(lead) }), operation);
                close();
              },
            },
          );
        }}
      >
        <Stack gap="sm">
          <Refusal error={qualify.error} fields={['reason']} />
          <Radio.Group
            label={t('leads.disqualify.reason')}
            value={chosen}
            onChange={setChosen}
            error={chosen === 'other' ? undefined : complaint}
          >
            <Stack gap={8} mt={6}>
              {[...reasons, JUNK, 'other'].map((reason, place) => (
                <Radio
                  key={reason}
                  value={reason}
                  label={t(`leads.reasons.${reason}`)}
                  data-autofocus={place === 0 || undefined}
                />
              ))}
            </Stack>
          </Radio.Group>
          {chosen === 'other' && (
            <TextInput
              aria-label={t('leads.disqualify.other')}
              placeholder={t('leads.disqualify.other')}
              value={other}
              onChange={(event) => setOther(event.currentTarget.value)}
              error={complaint}
              autoFocus
            />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={qualify.isPending}>
              {t('leads.disqualify.do')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
