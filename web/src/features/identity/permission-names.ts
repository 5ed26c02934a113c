import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { asLanguage } from '@/lib/language';
import { permissionsQuery } from './roles';

/** Says permissions (`customer.read`, `customer.read:own`) in words. */
export function usePermissionNames(): (permission: string) => string {
  const { t, i18n } = useTranslation();
  const { data } = useQuery(permissionsQuery);
  return (permission) => {
    const [name, scope] = permission.split(':');
    const known = data?.find((candidate) => candidate.name === name);
    const label = known ? (asLanguage(i18n.language) === 'tr' ? known.label_tr : known.label_en) : (name ?? '');
    return scope ? `${label} (${t(`identity.roles.scope.${scope}`)})` : label;
  };
}
