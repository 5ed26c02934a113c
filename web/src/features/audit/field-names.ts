import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { customerFieldsQuery } from '@/api/customer-fields';
import { asLanguage } from '@/lib/language';

/** What the fields of customers are called, by name; nothing for a reader who may not see customers. */
export function useFieldNames(): Map<string, string> {
  const { i18n } = useTranslation();
  const { data } = useQuery(customerFieldsQuery);
  const isTurkish = asLanguage(i18n.language) === 'tr';
  return useMemo(
    () => new Map(data?.map(({ name, label_tr, label_en }) => [name, isTurkish ? label_tr : label_en])),
    [data, isTurkish],
  );
}
