import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LocalField } from '@/api/customer-fields';
import { type Conflict, isStatus } from '@/api/error';
import type { Customer } from '@/api/types';
import { useErrorText } from '@/ui/error-text';
import { changeOf } from '@/ui/facts/field-facts';
import { showRefusal, showUndo } from '@/ui/toasts';
import { useChangeInList } from './table-queries';

/** Saves one field of a customer that a list shows; where others changed it meanwhile, asks which version is to stay. */
export function useSavingInList(fields: Map<string, LocalField>) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { mutateAsync, mutate } = useChangeInList();
  const [disputed, setDisputed] = useState<{ customer: Customer; conflicts: Record<string, Conflict> } | undefined>();

  const save = useCallback(
    async (customer: Customer, name: string, value: unknown) => {
      const field = fields.get(name);
      if (!field) return;
      try {
        const { operation } = await mutateAsync({ customer, changes: changeOf(field, value) });
        showUndo(t('customers.saved'), operation);
      } catch (error) {
        if (!isStatus(error, 409) || Object.keys(error.conflicts).length === 0) throw error;
        setDisputed({ customer, conflicts: error.conflicts });
      }
    },
    [fields, mutateAsync, t],
  );
  const resolve = (changes: Record<string, unknown>) => {
    if (!disputed) return;
    setDisputed(undefined);
    mutate(
      { customer: disputed.customer, changes, regardless: true },
      {
        onSuccess: ({ operation }) => showUndo(t('customers.saved'), operation),
        onError: (error) => showRefusal(textOf(error)),
      },
    );
  };
  return { save, conflicts: disputed?.conflicts, resolve, giveUp: () => setDisputed(undefined) };
}
