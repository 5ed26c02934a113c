import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LocalField } from '@/api/customer-fields';
import { type Conflict, isStatus } from '@/api/error';
import type { RecordKind, RecordRow } from '@/api/records';
import { useErrorText } from '../error-text';
import { changeOf } from '../facts/record-fact';
import { showRefusal, showUndo } from '../toasts';
import { type PutElsewhere, useChangeInList } from './list-queries';

/** Saves one field of a record that a list shows; where others changed it meanwhile, asks which version is to stay. */
export function useSavingInList<Row extends RecordRow>(
  kind: RecordKind,
  fields: Map<string, LocalField>,
  putElsewhere: PutElsewhere<Row> | undefined,
) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { mutateAsync, mutate } = useChangeInList<Row>(kind, putElsewhere);
  const [disputed, setDisputed] = useState<{ row: Row; conflicts: Record<string, Conflict> } | undefined>();

  const save = useCallback(
    async (row: Row, name: string, value: unknown) => {
      const field = fields.get(name);
      if (!field) return;
      try {
        const { operation } = await mutateAsync({ row, changes: changeOf(field, value) });
        showUndo(t('common.list.saved'), operation);
      } catch (error) {
        if (!isStatus(error, 409) || Object.keys(error.conflicts).length === 0) throw error;
        setDisputed({ row, conflicts: error.conflicts });
      }
    },
    [fields, mutateAsync, t],
  );
  const resolve = (changes: Record<string, unknown>) => {
    if (!disputed) return;
    setDisputed(undefined);
    mutate(
      { row: disputed.row, changes, regardless: true },
      {
        onSuccess: ({ operation }) => showUndo(t('common.list.saved'), operation),
        onError: (error) => showRefusal(textOf(error)),
      },
    );
  };
  return { save, conflicts: disputed?.conflicts, resolve, giveUp: () => setDisputed(undefined) };
}
