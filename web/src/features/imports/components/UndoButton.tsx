import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ImportListed } from '@/api/types';
import { useUndo } from '@/ui/toasts';
import { importOperationsQuery } from '../queries';

/** Takes back an earlier import, where the server says that it can be. */
export function UndoButton({ job }: { job: ImportListed }) {
  const { t } = useTranslation();
  const undo = useUndo();
  const { data: operations } = useQuery(importOperationsQuery);
  const operation = operations?.find(({ id }) => id === job.operation_id);
  if (!operation?.can_be_undone || operation.undone_by_id != null) return null;
  return (
    <Button
      variant="subtle"
      loading={undo.isPending}
      onClick={() => undo.mutate(operation.id)}
      aria-label={t('imports.earlier.undo_of', { name: job.file_name })}
    >
      {t('common.undo.action')}
    </Button>
  );
}
