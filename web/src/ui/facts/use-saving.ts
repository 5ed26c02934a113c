import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LocalField } from '@/api/customer-fields';
import { type Conflict, isStatus } from '@/api/error';
import { useErrorText } from '../error-text';
import { showRefusal, showUndo } from '../toasts';
import { changeOf } from './record-fact';

/** What is sent to the server; `regardless` overwrites what others wrote meanwhile. */
export interface FieldChanges {
  changes: Record<string, unknown>;
  regardless?: boolean;
}

/** Saves fields of a record, one by its name or several; where others changed it meanwhile, asks which version is to stay. */
export function useSaving(
  change: (changes: FieldChanges) => Promise<{ operation: string | undefined }>,
  fields: Map<string, LocalField>,
) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const [conflicts, setConflicts] = useState<Record<string, Conflict> | undefined>();
  const send = async (changes: FieldChanges) => showUndo(t('common.saved'), (await change(changes)).operation);

  const write = async (changes: Record<string, unknown>) => {
    try {
      await send({ changes });
    } catch (error) {
      if (!isStatus(error, 409) || Object.keys(error.conflicts).length === 0) throw error;
      setConflicts(error.conflicts);
    }
  };
  const save = (name: string, value: unknown) => write(changeOf(fields.get(name) as LocalField, value));
  const resolve = (changes: Record<string, unknown>) => {
    setConflicts(undefined);
    // Theirs stays everywhere: nothing to write, and the page shows it at the next refresh.
    if (Object.keys(changes).length === 0) return;
    send({ changes, regardless: true }).catch((error) => showRefusal(textOf(error)));
  };
  return { save, write, conflicts, resolve, giveUp: () => setConflicts(undefined) };
}
