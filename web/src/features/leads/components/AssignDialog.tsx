import { Button, Group, Modal, Radio, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { useRecordFields } from '@/api/record-fields';
import { DecisionTrace } from '@/ui/decision/DecisionTrace';
import { foldedOptions } from '@/ui/folded-options';
import { Refusal } from '@/ui/form/FormDrawer';
import { showUndo } from '@/ui/toasts';
import { assignmentQuery, type LeadLine, useAssign } from '../queries';
import { titleOf } from '../title';

/** Gives a lead to somebody, or to whomever the rules name; then it tells why they named them. */
export function AssignDialog({ lead, opened, onClose }: { lead: LeadLine; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const { byName } = useRecordFields('leads');
  const assign = useAssign();
  const [by, setBy] = useState<'person' | 'rules'>('person');
  const [person, setPerson] = useState('');
  const isDecided = by === 'rules' && assign.isSuccess;
  const { data: decisions } = useQuery({ ...assignmentQuery(lead.id), enabled: opened && isDecided });
  const decision = decisions?.[0];
  const complaintOf = (name: string) => (assign.error instanceof ApiError ? assign.error.fieldError(name) : undefined);

  const close = () => {
    setBy('person');
    setPerson('');
    assign.reset();
    onClose();
  };
  const send = () =>
    assign.mutate(
      by === 'rules'
        ? { id: lead.id, by_rules: true }
        : { id: lead.id, assigned_to: person ? Number(person) : undefined },
      {
        onSuccess: ({ lead: given, operation }) => {
          const owner = given.assigned_to_name ?? '';
          showUndo(t('leads.done.assigned', { name: titleOf(given), owner }), operation);
          // What the rules decided is there to be read.
          if (by === 'person') close();
        },
      },
    );

  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('leads.assign.title', { name: titleOf(lead) })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {isDecided ? (
        <Stack gap="sm">
          <Text>{t('leads.assign.became', { owner: assign.data.lead.assigned_to_name ?? '—' })}</Text>
          {decision && <DecisionTrace steps={decision.trace.steps} />}
          <Group justify="flex-end">
            <Button onClick={close} autoFocus>
              {t('common.done')}
            </Button>
          </Group>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          <Stack gap="sm">
            <Refusal error={assign.error} fields={['assigned_to', 'by_rules']} />
            <Radio.Group
              aria-label={t('leads.assign.how')}
              value={by}
              onChange={(next) => {
                setBy(next as 'person' | 'rules');
                assign.reset();
              }}
            >
              <Stack gap={8}>
                <Radio value="person" label={t('leads.assign.person')} />
                <Radio value="rules" label={t('leads.assign.rules')} error={complaintOf('by_rules')} />
              </Stack>
            </Radio.Group>
            {by === 'person' && (
              <Select
                label={t('leads.assign.whom')}
                data={byName.get('assigned_to')?.choices ?? []}
                value={person || null}
                onChange={(next) => setPerson(next ?? '')}
                searchable
                filter={foldedOptions}
                nothingFoundMessage={t('common.nothing_found')}
                error={complaintOf('assigned_to')}
                // It has the focus at once: a list would lie over the buttons.
                openOnFocus={false}
                data-autofocus
              />
            )}
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={close}>
                {t('common.cancel')}
              </Button>
              <Button type="submit" loading={assign.isPending}>
                {t('leads.assign.do')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
