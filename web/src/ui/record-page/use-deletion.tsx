import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDeleteRecord } from '@/api/record-activity';
import type { RecordKind } from '@/api/records';
import { ConfirmDialog } from '../ConfirmDialog';
import { useErrorText } from '../error-text';
import { showRefusal, showUndo } from '../toasts';

/** Asks whether a record is to be deleted, deletes it, and offers to bring it back; put `dialog` somewhere on the page. */
export function useDeletion({
  kind,
  id,
  name,
  onGone,
}: {
  kind: RecordKind;
  id: number;
  name: string;
  /** Leaves the page. */
  onGone: () => void;
}): { label: string; ask: () => void; dialog: ReactNode } {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const [isAsked, setAsked] = useState(false);
  const remove = useDeleteRecord(kind);
  const label = t('common.record.delete');
  const run = () =>
    remove.mutate(id, {
      onSuccess: (operation) => {
        showUndo(t('common.record.deleted', { name }), operation);
        onGone();
      },
      onError: (error) => showRefusal(textOf(error)),
    });
  const dialog = (
    <ConfirmDialog
      opened={isAsked}
      title={t('common.record.delete_title', { name })}
      text={t('common.record.delete_text')}
      confirm={label}
      onConfirm={run}
      onClose={() => setAsked(false)}
    />
  );
  return { label, ask: () => setAsked(true), dialog };
}
