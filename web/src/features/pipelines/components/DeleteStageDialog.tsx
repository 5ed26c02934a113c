import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, isStatus } from '@/api/error';
import type { Stage } from '@/api/types';
import { formatCount } from '@/lib/money';
import { Refusal } from '@/ui/form/FormDrawer';
import { showUndo } from '@/ui/toasts';
import { useDeleteStage } from '../queries';
import { stageName, successors } from '../stages';

/** Ends a stage; where there are opportunities in it, it asks where they go. */
export function DeleteStageDialog({
  stage,
  stages,
  inside,
  onClose,
}: {
  stage: Stage;
  stages: Stage[];
  /** How many opportunities are in it, as far as it is known. */
  inside: number | undefined;
  onClose: () => void;
}) {
  const { t, i18n } = useTranslation();
  const remove = useDeleteStage();
  const [to, setTo] = useState<string | null>(null);
  // Who does not see them all learns of the others by the refusal.
  const isAsking = (inside ?? 0) > 0 || isStatus(remove.error, 409) || to !== null;
  const name = stageName(stage, i18n.language);
  const run = () =>
    remove.mutate(
      { stage, moveTo: to === null ? undefined : Number(to) },
      {
        onSuccess: (operation) => {
          onClose();
          showUndo(t('pipelines.stage.deleted', { name }), operation);
        },
      },
    );
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('pipelines.stage.delete_title', { name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="md">
        <Refusal error={remove.error} fields={['move_to']} />
        <Text>
          {inside
            ? t('pipelines.stage.inside', { count: inside, number: formatCount(inside, i18n.language) })
            : t('pipelines.stage.delete_text')}
        </Text>
        {isAsking && (
          <Select
            label={t('pipelines.stage.move_to')}
            data={successors(stage, stages).map((one) => ({
              value: String(one.id),
              label: stageName(one, i18n.language),
            }))}
            value={to}
            onChange={setTo}
            error={remove.error instanceof ApiError ? remove.error.fieldError('move_to') : undefined}
            data-autofocus
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button color="red.8" disabled={isAsking && to === null} loading={remove.isPending} onClick={run}>
            {t('pipelines.stage.delete_confirm')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
