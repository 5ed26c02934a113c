import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import i18next from 'i18next';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/client';
import { forgetOperation } from '@/api/own-operations';
import { randomId } from '@/lib/random-id';
import { useErrorText } from './error-text';
import classes from './toasts.module.css';

const look = () => ({ withBorder: true, closeButtonProps: { 'aria-label': i18next.t('common.close') } });

/** Tells what was done and, while the operation can be undone, offers to. */
export function showUndo(message: string, operationId: string | number | undefined) {
  const id = randomId();
  notifications.show({
    id,
    message: <UndoMessage message={message} operationId={operationId} close={() => notifications.hide(id)} />,
    ...look(),
  });
}

/** Tells that something was done that needs no undoing. */
export function showNote(message: string) {
  notifications.show({ message, autoClose: 3000, ...look() });
}

/** Tells that something was refused. */
export function showRefusal(message: string) {
  notifications.show({ message, color: 'red', ...look() });
}

function UndoMessage({
  message,
  operationId,
  close,
}: {
  message: string;
  operationId: string | number | undefined;
  close: () => void;
}) {
  const { t } = useTranslation();
  const undo = useUndo();
  return (
    <div className={classes.undo}>
      <span>{message}</span>
      {operationId !== undefined && (
        <Button
          variant="subtle"
          loading={undo.isPending}
          onClick={() => undo.mutate(Number(operationId), { onSettled: close })}
        >
          {t('common.undo.action')}
        </Button>
      )}
    </div>
  );
}

/** Undoes an operation, refreshes what is shown and says how it went. */
export function useUndo() {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (id: number) => {
      const { data } = await http.POST('/api/v1/crm/operations/{id}/undo/', { params: { path: { id } } });
      return data;
    },
    onSuccess: async (answer) => {
      if (answer?.state === 'running') forgetOperation(answer.operation_id);
      await client.invalidateQueries();
      const refusal = answer?.refused[0];
      const message = answer?.state === 'running' ? t('common.undo.running') : t('common.undo.done');
      if (refusal) showRefusal(t('common.undo.partly', { reason: refusal.reason }));
      else notifications.show({ message, autoClose: 3000, ...look() });
    },
    onError: (error) => showRefusal(textOf(error)),
  });
}
