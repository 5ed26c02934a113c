import { Button } from '@mantine/core';
import { type NotificationData, notifications } from '@mantine/notifications';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import i18next from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/client';
import { forgetOperation } from '@/api/own-operations';
import { randomId } from '@/lib/random-id';
import { useCommands } from './commands/registry';
import { useErrorText } from './error-text';
import { useShortcuts } from './shortcuts/registry';
import classes from './toasts.module.css';

/** In a field they undo what was typed there. */
const KEYS = 'mod+z';

/** More at once would cover the page; the newest counts most, so the oldest goes. Left to itself, Mantine has the newest wait. */
const MOST = 3;
let shown: string[] = [];

function show(notification: Omit<NotificationData, 'id'>, id = randomId()) {
  shown.push(id);
  for (const old of shown.slice(0, -MOST)) notifications.hide(old);
  shown = shown.slice(-MOST);
  notifications.show({
    id,
    withBorder: true,
    closeButtonProps: { 'aria-label': i18next.t('common.close') },
    onClose: () => {
      shown = shown.filter((other) => other !== id);
    },
    ...notification,
  });
}

/** Tells what was done and, while the operation can be undone, offers to; `more` are the ways to what came of it. */
export function showUndo(message: string, operationId: string | number | undefined, more?: ReactNode) {
  const id = randomId();
  const close = () => notifications.hide(id);
  show({ message: <UndoMessage message={message} operationId={operationId} more={more} close={close} /> }, id);
}

/** Tells that something was done that needs no undoing. */
export function showNote(message: string) {
  show({ message, autoClose: 3000 });
}

/** Tells that something was refused. */
export function showRefusal(message: string) {
  show({ message, color: 'red' });
}

function UndoMessage({
  message,
  operationId,
  more,
  close,
}: {
  message: string;
  operationId: string | number | undefined;
  more: ReactNode;
  close: () => void;
}) {
  return (
    <div className={classes.undo}>
      <span>
        {message} {more}
      </span>
      {operationId !== undefined && <UndoButton message={message} operation={Number(operationId)} close={close} />}
    </div>
  );
}

/** Also by key and from the palette: to a toast it is a long way by Tab. */
function UndoButton({ message, operation, close }: { message: string; operation: number; close: () => void }) {
  const { t } = useTranslation();
  const undo = useUndo();
  const label = t('common.undo.action');
  const run = () => {
    if (!undo.isPending) undo.mutate(operation, { onSettled: close });
  };
  useCommands(message, [{ id: `undo.${operation}`, label, icon: IconArrowBackUp, keys: KEYS, run }]);
  useShortcuts(t('common.shortcuts.general'), [{ keys: KEYS, label, run }]);
  return (
    <Button variant="subtle" loading={undo.isPending} onClick={run}>
      {label}
    </Button>
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
      else showNote(message);
    },
    onError: (error) => showRefusal(textOf(error)),
  });
}
