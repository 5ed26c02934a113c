import { Button, Select } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { foldedOptions } from '../folded-options';
import classes from './FilterBar.module.css';
import { FilterValue } from './FilterValue';
import { controlFor, type Filter, type FilterField } from './filter';

/** Field, operator, value: one condition. */
export function FilterEditor({
  fields,
  filter,
  onApply,
}: {
  fields: FilterField[];
  filter?: Filter;
  onApply: (filter: Filter) => void;
}) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<Filter>(filter ?? { field: '', operator: '', value: '' });
  const field = fields.find((candidate) => candidate.name === draft.field);
  const control = field && draft.operator ? controlFor(field, draft.operator) : undefined;
  const ready = control !== undefined && (control === 'none' || draft.value !== '');

  const chooseField = (name: string | null) => {
    const chosen = fields.find((candidate) => candidate.name === name);
    if (chosen) setDraft({ field: chosen.name, operator: chosen.operators[0] ?? 'eq', value: '' });
  };
  const chooseOperator = (operator: string | null) => {
    if (!operator || !field) return;
    const sameControl = controlFor(field, operator) === control;
    setDraft({ ...draft, operator, value: sameControl ? draft.value : '' });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) onApply(control === 'none' ? { ...draft, value: 'true' } : draft);
  };

  return (
    <form className={classes.editor} onSubmit={submit}>
      <Select
        label={t('common.filter.field')}
        data={fields.map(({ name, label }) => ({ value: name, label }))}
        value={draft.field || null}
        onChange={chooseField}
        searchable
        filter={foldedOptions}
        comboboxProps={{ withinPortal: false }}
        maxDropdownHeight={260}
        nothingFoundMessage={t('common.nothing_found')}
        data-autofocus
      />
      {field && (
        <Select
          label={t('common.filter.operator')}
          data={field.operators.map((operator) => ({
            value: operator,
            label: t(`common.operator.${operator}`, { defaultValue: operator }),
          }))}
          value={draft.operator}
          onChange={chooseOperator}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
        />
      )}
      {field && control && control !== 'none' && (
        <FilterValue
          field={field}
          control={control}
          value={draft.value}
          onChange={(value) => setDraft({ ...draft, value })}
        />
      )}
      <Button type="submit" disabled={!ready}>
        {t('common.filter.apply')}
      </Button>
    </form>
  );
}
