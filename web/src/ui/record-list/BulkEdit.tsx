import { Button, Checkbox, Popover, Select } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LocalField } from '@/api/customer-fields';
import { changeOf } from '../facts/record-fact';
import { FilterValue } from '../filters/FilterValue';
import { controlFor } from '../filters/filter';
import { foldedOptions } from '../folded-options';
import type { BulkAction } from './BulkBar';
import classes from './BulkBar.module.css';

/** Gives the selected records one value of one field, or empties it. With one field to choose from, it is chosen. */
export function BulkEdit({
  opened,
  onToggle,
  onClose,
  label,
  icon,
  fields,
  loading,
  onRun,
}: {
  opened: boolean;
  onToggle: () => void;
  onClose: () => void;
  label: string;
  icon: ReactNode;
  fields: LocalField[];
  loading: boolean;
  onRun: (action: BulkAction) => void;
}) {
  return (
    <Popover opened={opened} onChange={(next) => !next && onClose()} position="bottom-start" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" leftSection={icon} loading={loading} onClick={onToggle}>
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={label}>
        <Form fields={fields} loading={loading} onRun={onRun} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Form({
  fields,
  loading,
  onRun,
}: {
  fields: LocalField[];
  loading: boolean;
  onRun: (action: BulkAction) => void;
}) {
  const { t } = useTranslation();
  const only = fields.length === 1 ? fields[0] : undefined;
  const [name, setName] = useState(only?.name ?? '');
  const [value, setValue] = useState('');
  const [empty, setEmpty] = useState(false);
  const field = fields.find((candidate) => candidate.name === name);
  const control = field && controlFor(field, field.is_many || field.kind === 'multi_choice' ? 'has_any' : 'eq');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (field && (empty || value !== ''))
      onRun({ action: 'update', changes: changeOf(field, typed(field, empty ? '' : value)) });
  };

  return (
    <form className={classes.form} onSubmit={submit}>
      {!only && (
        <Select
          label={t('common.filter.field')}
          data={fields.map((candidate) => ({ value: candidate.name, label: candidate.label }))}
          value={name || null}
          onChange={(next) => {
            setName(next ?? '');
            setValue('');
          }}
          searchable
          filter={foldedOptions}
          comboboxProps={{ withinPortal: false }}
          maxDropdownHeight={220}
          nothingFoundMessage={t('common.nothing_found')}
          data-autofocus
        />
      )}
      {field && control && control !== 'none' && !empty && (
        <FilterValue key={field.name} field={field} control={control} value={value} onChange={setValue} />
      )}
      {field && field.kind !== 'boolean' && (
        <Checkbox
          size="xs"
          label={t('common.bulk.empty')}
          checked={empty}
          onChange={(event) => setEmpty(event.currentTarget.checked)}
        />
      )}
      <Button type="submit" disabled={!field || (!empty && value === '')} loading={loading}>
        {t('common.save')}
      </Button>
    </form>
  );
}

/** The text of a control as the API wants the value of the field. */
function typed(field: LocalField, text: string): unknown {
  if (field.is_many || field.kind === 'multi_choice') return text === '' ? [] : text.split(',');
  if (field.kind === 'boolean') return text === 'true';
  if (['date', 'money', 'number'].includes(field.kind) && text === '') return null;
  return text;
}
