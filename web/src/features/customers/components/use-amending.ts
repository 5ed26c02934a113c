import { useTranslation } from 'react-i18next';
import { useErrorText } from '@/ui/error-text';
import { showRefusal, showUndo } from '@/ui/toasts';
import { useAdd, useAmend } from '../queries';

/** Changes an entry of a section at once and offers to undo it. */
export function useAmending(id: number, section: Parameters<typeof useAmend>[1]) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const amend = useAmend(id, section);
  return (entry: number, body: Record<string, unknown>) =>
    amend.mutate(
      { entry, body },
      {
        onSuccess: (operation) => showUndo(t('customers.saved'), operation),
        onError: (error) => showRefusal(textOf(error)),
      },
    );
}

/** Saves a section's form: a new entry, or the one that was opened. Refusals are the form's to show. */
export function useEntrySaving(id: number, section: Parameters<typeof useAmend>[1], entry: number | undefined) {
  const { t } = useTranslation();
  const add = useAdd(id, section);
  const amend = useAmend(id, section);
  return async (body: Record<string, unknown>) => {
    const operation = entry === undefined ? await add.mutateAsync(body) : await amend.mutateAsync({ entry, body });
    showUndo(t('customers.saved'), operation);
  };
}
