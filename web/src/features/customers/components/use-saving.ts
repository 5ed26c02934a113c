import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LocalField } from '@/api/customer-fields';
import { type Conflict, isStatus } from '@/api/error';
import type { Customer } from '@/api/types';
import { useErrorText } from '@/ui/error-text';
import { changeOf } from '@/ui/facts/record-fact';
import { showRefusal, showUndo } from '@/ui/toasts';
import { useChangeCustomer } from '../queries';

/** Saves one field; where others changed it meanwhile, asks which version is to stay. */
export function useSaving(customer: Customer, fields: Map<string, LocalField>) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const change = useChangeCustomer(customer.id);
  const [conflicts, setConflicts] = useState<Record<string, Conflict> | undefined>();

  const save = async (name: string, value: unknown) => {
    try {
      const { operation } = await change.mutateAsync({ changes: changeOf(fields.get(name) as LocalField, value) });
      showUndo(t('customers.saved'), operation);
    } catch (error) {
      if (!isStatus(error, 409) || Object.keys(error.conflicts).length === 0) throw error;
      setConflicts(error.conflicts);
    }
  };
  const resolve = (changes: Record<string, unknown>) => {
    setConflicts(undefined);
    // Theirs stays everywhere: nothing to write, and the page shows it at the next refresh.
    if (Object.keys(changes).length === 0) return;
    change.mutate(
      { changes, regardless: true },
      {
        onSuccess: ({ operation }) => showUndo(t('customers.saved'), operation),
        onError: (error) => showRefusal(textOf(error)),
      },
    );
  };
  return { save, conflicts, resolve, giveUp: () => setConflicts(undefined) };
}
