import { queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query';
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

type Named = { id: number; name: string };

/** The users and teams that a field can refer to. Who may not read them gets none. */
const peopleQuery = queryOptions({
  queryKey: keys.people,
  staleTime: 5 * 60_000,
  queryFn: async () => {
    const params = { query: { page_size: 200 } };
    const namesOf = (answer: { data?: unknown }) => (answer.data as { results: Named[] }).results;
    const [user, team] = await Promise.all([
      http.GET('/api/v1/crm/users/', { params }).then(namesOf, () => []),
      http.GET('/api/v1/crm/teams/', { params }).then(namesOf, () => []),
    ]);
    return { user, team };
  },
});

/** The users and teams by their names. */
export const usePeople = () => useQuery(peopleQuery);

/** A field in the reader's language. */
export interface LocalField extends Omit<Field, 'label_tr' | 'label_en' | 'choices'> {
  label: string;
  choices: { value: string; label: string }[];
}

/** All fields of a customer, in the reader's language, by name and in order. */
export function useCustomerFields(): LocalFields {
  return useLocalFields(useSuspenseQuery(customerFieldsQuery).data);
}

/** Fields in the reader's language, by name and in order. */
export interface LocalFields {
  list: LocalField[];
  byName: Map<string, LocalField>;
}

/** The fields of any kind of record in the reader's language; those that refer to people know their names. */
export function useLocalFields(fields: Field[]): LocalFields {
  const { i18n } = useTranslation();
  const language = asLanguage(i18n.language);
  const { data: people } = usePeople();

  return useMemo(() => {
    const list = fields.map(({ label_tr, label_en, choices, ...field }): LocalField => {
      const named = people?.[field.reference as keyof typeof people] ?? [];
      return {
        ...field,
        label: language === 'tr' ? label_tr : label_en,
        choices:
          field.kind === 'reference'
            ? named.map(({ id, name }) => ({ value: String(id), label: name }))
            : choices.map((choice) => ({
                value: choice.value,
                label: language === 'tr' ? choice.label_tr : choice.label_en,
              })),
      };
    });
    return { list, byName: new Map(list.map((field) => [field.name, field])) };
  }, [fields, people, language]);
}
