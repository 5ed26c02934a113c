import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { PermissionInfo, Scope } from '@/api/types';
import { asLanguage } from '@/lib/language';
import { mattersOf, scopes } from '../roles';
import classes from './GrantMatrix.module.css';

const NONE = 'none';
const columns = [NONE, ...scopes] as const;

/**
 * What is allowed, and on whose records: a line a permission, a column a scope. Each line is a group of radio buttons, so that the Tab key
 * goes from line to line and the arrows along it.
 */
export function GrantMatrix({
  permissions,
  value,
  onChange,
}: {
  permissions: PermissionInfo[];
  value: Record<string, Scope>;
  onChange: (grants: Record<string, Scope>) => void;
}) {
  const { t, i18n } = useTranslation();
  const id = useId();
  const labelOf = ({ label_tr, label_en }: PermissionInfo) =>
    asLanguage(i18n.language) === 'tr' ? label_tr : label_en;
  const choose = (name: string, scope: Scope | typeof NONE) => {
    const { [name]: _before, ...others } = value;
    onChange(scope === NONE ? others : { ...others, [name]: scope });
  };

  return (
    <table className={classes.matrix} aria-label={t('identity.roles.matrix')}>
      <thead>
        <tr>
          <td />
          {columns.map((column) => (
            <th key={column} scope="col" id={`${id}-${column}`}>
              {t(`identity.roles.scope.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      {mattersOf(permissions).map((matter) => (
        <tbody key={matter.entity}>
          <tr className={classes.matter}>
            <th scope="rowgroup" colSpan={columns.length + 1}>
              {t(`identity.roles.entity.${matter.entity}`, { defaultValue: matter.entity })}
            </th>
          </tr>
          {matter.permissions.map((permission) => (
            <tr key={permission.name}>
              <th scope="row" id={`${id}-${permission.name}`}>
                {labelOf(permission)}
              </th>
              {columns.map((column) => (
                <td key={column} data-label={t(`identity.roles.scope.${column}`)}>
                  {(permission.is_scoped || column === NONE || column === 'all') && (
                    <label>
                      <input
                        type="radio"
                        name={`${id}-${permission.name}`}
                        aria-labelledby={`${id}-${permission.name} ${id}-${column}`}
                        checked={(value[permission.name] ?? NONE) === column}
                        onChange={() => choose(permission.name, column)}
                      />
                      <span aria-hidden>
                        {column === 'all' && !permission.is_scoped
                          ? t('common.yes')
                          : t(`identity.roles.scope.${column}`)}
                      </span>
                    </label>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      ))}
    </table>
  );
}
