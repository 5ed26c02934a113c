import { Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { reasonsQuery } from '@/api/reasons';
import { Refusal } from '@/ui/form/FormDrawer';
import { showUndo } from '@/ui/toasts';
import { type LeadLine, useQualify } from '../queries';
import { reasonSaid } from '../reasons';
import { titleOf } from '../title';

/** None of the reasons that the organisation lists. */
const OTHER = '';

/** Rules a lead out, with the reason; junk is one of them. */
export function DisqualifyDialog({ lead, opened, onClose }: { lead: LeadLine; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const qualify = useQualify();
  const [chosen, setChosen] = useState<string | undefined>();
  const [other, setOther] = useState('');
  const complaint = qualify.error instanceof ApiError ? qualify.error.fieldError('reason') : undefined;
  const { data: reasons } = useQuery(reasonsQuery);

  const close = () => {
    setChosen(undefined);
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
            { id: lead.id, status: 'disqualified', reason: chosen === OTHER ? other : (chosen ?? '') },
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
            value={chosen ?? null}
            onChange={setChosen}
            error={chosen === OTHER ? undefined : complaint}
          >
            <Stack gap={8} mt={6}>
              {reasons &&
                [...reasons.disqualify, OTHER].map((reason, place) => (
                  <Radio
                    key={reason}
                    value={reason}
                    label={reason === OTHER ? t('leads.reasons.other') : reasonSaid(reason, t)}
                    data-autofocus={place === 0 || undefined}
                  />
                ))}
            </Stack>
          </Radio.Group>
          {chosen === OTHER && (
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
