import { useTranslation } from 'react-i18next';
import { useErrorText } from '@/ui/error-text';
import { showRefusal, showUndo } from '@/ui/toasts';
import { useRemove } from '../queries';

/** Removes an entry of a section and offers to undo it. */
export function useRemoval(id: number, section: Parameters<typeof useRemove>[1]): (entry: number) => void {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const remove = useRemove(id, section);
  return (entry) =>
    remove.mutate(entry, {
      onSuccess: (operation) => showUndo(t('customers.sections.removed'), operation),
      onError: (error) => showRefusal(textOf(error)),
    });
}
