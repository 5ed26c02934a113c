import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Conflict, isStatus } from '@/api/error';
import { useErrorText } from '@/ui/error-text';
import { showRefusal, showUndo } from '@/ui/toasts';
import { useChangeOpportunity } from './record-queries';

/** Saves fields of an opportunity; where others changed the same meanwhile, asks which version is to stay. */
export function useSaving(id: number) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const change = useChangeOpportunity(id);
  const [conflicts, setConflicts] = useState<Record<string, Conflict> | undefined>();

  const save = async (changes: Record<string, unknown>) => {
    try {
      showUndo(t('opportunities.saved'), await change.mutateAsync({ changes }));
    } catch (error) {
      if (!isStatus(error, 409) || Object.keys(error.conflicts).length === 0) throw error;
      setConflicts(error.conflicts);
    }
  };
  const resolve = (changes: Record<string, unknown>) => {
    setConflicts(undefined);
    // Theirs stays everywhere: nothing to write.
    if (Object.keys(changes).length === 0) return;
    change.mutate(
      { changes, regardless: true },
      {
        onSuccess: (operation) => showUndo(t('opportunities.saved'), operation),
        onError: (error) => showRefusal(textOf(error)),
      },
    );
  };
  return { save, conflicts, resolve, giveUp: () => setConflicts(undefined) };
}
