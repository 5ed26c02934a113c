import { ActionIcon, SegmentedControl, Select } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
import type { FieldAccess } from '@/api/types';
import { foldedOptions } from '@/ui/folded-options';
import classes from './FieldRules.module.css';

/** Without these nobody could tell who a customer is and whose; the server takes none of them away. */
const kept = new Set([
  'customer_code',
  'customer_type',
  'name',
  'first_name',
  'last_name',
  'company_name',
  'owner_id',
  'team_id',
  'customer_since',
  'is_active',
  'created_at',
  'updated_at',
]);

type Rules = Record<string, FieldAccess>;

/** Which fields of customers a role hides or only shows; all others stay as they are. */
export function FieldRules({
  value,
  errors,
  onChange,
}: {
  value: Rules;
  /** What the server said, by field. */
  errors: Record<string, string | undefined>;
  onChange: (rules: Rules) => void;
}) {
  const { t } = useTranslation();
  const { list, byName } = useCustomerFields();
  const named = Object.entries(value);
  const remove = (name: string) => {
    const { [name]: _gone, ...others } = value;
    onChange(others);
  };
  return (
    <div className={classes.rules}>
      {named.length > 0 && (
        <ul className={classes.list}>
          {named.map(([name, access]) => {
            const label = byName.get(name)?.label ?? name;
            return (
              <li key={name}>
                <span id={`rule-${name}`}>{label}</span>
                <SegmentedControl
                  size="xs"
                  aria-labelledby={`rule-${name}`}
                  value={access}
                  onChange={(next) => onChange({ ...value, [name]: next as FieldAccess })}
                  data={[
                    { value: 'hidden', label: t('identity.roles.hidden') },
                    { value: 'read_only', label: t('identity.roles.read_only') },
                  ]}
                />
                <ActionIcon aria-label={t('identity.roles.drop_field', { name: label })} onClick={() => remove(name)}>
                  <IconX size={15} aria-hidden />
                </ActionIcon>
                {errors[name] && (
                  <small role="alert" className={classes.error}>
                    {errors[name]}
                  </small>
                )}
              </li>
            );
          })}
        </ul>
      )}
      <Select
        className={classes.add}
        aria-label={t('identity.roles.add_field')}
        placeholder={t('identity.roles.add_field')}
        data={list
          .filter(({ name }) => !(name in value || kept.has(name)))
          .map(({ name, label }) => ({ value: name, label }))}
        value={null}
        onChange={(name) => name && onChange({ ...value, [name]: 'hidden' })}
        searchable
        filter={foldedOptions}
        nothingFoundMessage={t('common.nothing_found')}
      />
    </div>
  );
}
