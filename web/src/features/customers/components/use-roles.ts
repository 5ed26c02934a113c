import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { relationRolesQuery } from '../queries';

/** What another customer can be to this one, in the reader's language. */
export function useRoles(): { value: string; label: string }[] {
  const { i18n } = useTranslation();
  const { data } = useQuery(relationRolesQuery);
  const turkish = i18n.language === 'tr';
  return useMemo(
    () =>
      (data ?? []).map(({ value, label_tr, label_en }) => ({
        value: String(value),
        label: turkish ? label_tr : label_en,
      })),
    [data, turkish],
  );
}
