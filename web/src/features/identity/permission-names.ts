import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import { asLanguage } from '@/lib/language';
import { permissionsQuery } from './roles';

/** Says permissions (`customer.read`, `customer.read:own`) in words, where the user may ask for the words. */
export function usePermissionNames(): (permission: string) => string {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const { data } = useQuery({ ...permissionsQuery, enabled: may(me, 'role.manage') });
  return (permission) => {
    const [name, scope] = permission.split(':');
    const known = data?.find((candidate) => candidate.name === name);
    const label = known ? (asLanguage(i18n.language) === 'tr' ? known.label_tr : known.label_en) : (name ?? '');
    return scope ? `${label} (${t(`identity.roles.scope.${scope}`)})` : label;
  };
}
