import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { asLanguage } from '@/lib/language';
import { http } from './client';
import { keys } from './query';
import type { Field } from './types';

/** What fields a customer has; the same for a good while. */
export const customerFieldsQuery = queryOptions({
  queryKey: keys.customerFields,
  staleTime: 5 * 60_000,
  queryFn: async () => (await http.GET('/api/v1/crm/customers/fields/')).data as Field[],
});

/** A field in the reader's language. */
export interface LocalField extends Omit<Field, 'labels' | 'choices'> {
  label: string;
  choices: { value: string; label: string }[];
}

/** All fields of a customer, in the reader's language, by name and in order. */
export function useCustomerFields(): { list: LocalField[]; byName: Map<string, LocalField> } {
  const { i18n } = useTranslation();
  const language = asLanguage(i18n.language);
  const { data } = useSuspenseQuery(customerFieldsQuery);
  return useMemo(() => {
    const list = data.map(({ labels, choices, ...field }) => ({
      ...field,
      label: labels[language],
      choices: choices.map((choice) => ({ value: choice.value, label: choice.labels[language] })),
    }));
    return { list, byName: new Map(list.map((field) => [field.name, field])) };
  }, [data, language]);
}
