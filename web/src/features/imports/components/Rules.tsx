import { Select, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ImportOptions } from '@/api/types';
import classes from '../pages/ImportPage.module.css';

/** By what a record can be recognised, by what it is. */
const matches = {
  customer: ['none', 'customer_code', 'tax_number', 'identity_number', 'primary_email', 'primary_phone'],
  lead: ['none', 'number', 'email', 'phone'],
  opportunity: ['none', 'number'],
} as const;
const modes = ['both', 'create', 'update'] as const;
const likely = ['create', 'skip'] as const;

/** How what can be read in two ways is written; nothing chosen is found out from the file. */
const styles = {
  number_style: ['found', 'comma', 'point'],
  date_style: ['found', 'day_month_year', 'month_day_year', 'year_month_day'],
} as const;

/** By what known records are recognised, what becomes of them and of likely duplicates, and how numbers and dates are written. */
export function Rules({
  entity,
  options,
  onOptions,
}: {
  entity: string;
  options: ImportOptions;
  onOptions: (options: ImportOptions) => void;
}) {
  const { t } = useTranslation();
  const isMatched = (options.match_by ?? 'none') !== 'none';
  return (
    <div className={classes.choices}>
      <Select
        label={t('imports.match_by')}
        data={matches[entity as keyof typeof matches].map((value) => ({ value, label: t(`imports.match.${value}`) }))}
        value={options.match_by ?? 'none'}
        onChange={(value) => value && onOptions({ ...options, match_by: value })}
        allowDeselect={false}
      />
      <Select
        label={t('imports.rules.mode')}
        data={modes.map((value) => ({ value, label: t(`imports.rules.modes.${value}`) }))}
        value={options.mode ?? 'both'}
        onChange={(value) => value && onOptions({ ...options, mode: value })}
        allowDeselect={false}
      />
      {entity === 'customer' && (
        <Select
          label={t('imports.rules.likely')}
          data={likely.map((value) => ({ value, label: t(`imports.rules.likelies.${value}`) }))}
          value={options.on_likely_duplicate ?? 'create'}
          onChange={(value) => value && onOptions({ ...options, on_likely_duplicate: value })}
          allowDeselect={false}
        />
      )}
      {(['number_style', 'date_style'] as const).map((name) => (
        <Select
          key={name}
          label={t(`imports.rules.${name}`)}
          data={styles[name].map((value) => ({ value, label: t(`imports.rules.styles.${value}`) }))}
          value={options[name] ?? 'found'}
          onChange={(value) => onOptions({ ...options, [name]: value === 'found' ? null : value })}
          allowDeselect={false}
        />
      ))}
      {isMatched && (
        <Switch
          label={t('imports.rules.clear_empty')}
          checked={options.clear_empty ?? false}
          onChange={(event) => onOptions({ ...options, clear_empty: event.currentTarget.checked })}
        />
      )}
    </div>
  );
}
