import { Checkbox, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ImportJob } from '@/api/types';
import classes from '../pages/ImportPage.module.css';

type Chosen = ImportJob['options'];

/** What can be chosen by name, with what holds while nothing is chosen. */
const choices = {
  mode: ['both', 'create', 'update'],
  match_by: ['none', 'customer_code', 'tax_number', 'identity_number', 'primary_email', 'primary_phone'],
  on_duplicate: ['skip', 'update'],
  on_likely_duplicate: ['create', 'skip'],
  number_style: ['found', 'comma', 'point'],
  date_style: ['found', 'day_month_year', 'month_day_year', 'year_month_day'],
} as const;

/** What becomes of rows, and how numbers and dates that leave it open are read. */
export function Options({ value, onChange }: { value: Chosen; onChange: (options: Chosen) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <div className={classes.options}>
        {(Object.keys(choices) as (keyof typeof choices)[]).map((name) => (
          <Select
            key={name}
            label={t(`imports.option.${name}`)}
            data={choices[name].map((choice) => ({ value: choice, label: t(`imports.choice.${name}.${choice}`) }))}
            value={value[name] ?? choices[name][0]}
            onChange={(choice) => onChange({ ...value, [name]: choice === 'found' ? null : choice })}
            allowDeselect={false}
          />
        ))}
      </div>
      <Checkbox
        mt="md"
        label={t('imports.option.clear_empty')}
        checked={value.clear_empty ?? false}
        onChange={({ currentTarget: { checked } }) => onChange({ ...value, clear_empty: checked })}
      />
    </>
  );
}
