import { Group, MultiSelect, NumberInput, Select, TagsInput, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { DateField } from '../DateField';
import { foldedOptions } from '../folded-options';
import { calendars, type FilterField, type ValueControl } from './filter';

const inPlace = { withinPortal: false };
const list = (value: string) => (value ? value.split(',') : []);

/** The control for a condition's value; it speaks text, as the address bar does. */
export function FilterValue({
  field,
  control,
  value,
  onChange,
}: {
  field: FilterField;
  control: Exclude<ValueControl, 'none'>;
  value: string;
  onChange: (value: string) => void;
}) {
  const { t } = useTranslation();
  const label = t('common.filter.value');

  switch (control) {
    case 'yes-no':
      return (
        <Select
          label={label}
          data={[
            { value: 'true', label: t('common.yes') },
            { value: 'false', label: t('common.no') },
          ]}
          value={value || null}
          onChange={(next) => onChange(next ?? '')}
          comboboxProps={inPlace}
        />
      );
    case 'choice':
      return (
        <Select
          label={label}
          data={field.choices}
          value={value || null}
          onChange={(next) => onChange(next ?? '')}
          searchable
          filter={foldedOptions}
          comboboxProps={inPlace}
        />
      );
    case 'choices':
      return (
        <MultiSelect
          label={label}
          data={field.choices}
          value={list(value)}
          onChange={(next) => onChange(next.join(','))}
          searchable
          filter={foldedOptions}
          comboboxProps={inPlace}
        />
      );
    case 'texts':
      return (
        <TagsInput
          label={label}
          description={t('common.filter.several')}
          value={list(value)}
          onChange={(next) => onChange(next.join(','))}
          acceptValueOnBlur
          comboboxProps={inPlace}
        />
      );
    case 'date':
      return <DateField label={label} value={value || null} onChange={(next) => onChange(next ?? '')} />;
    case 'range':
      return <Range kind={field.kind} value={value} onChange={onChange} />;
    case 'span':
      return <Span value={value} onChange={onChange} />;
    case 'window':
      return <Window value={value} onChange={onChange} />;
    case 'number':
      return <Decimal label={label} value={value} onChange={onChange} />;
    case 'text':
      return <TextInput label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
  }
}

function Decimal({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const { i18n } = useTranslation();
  const turkish = i18n.language === 'tr';
  return (
    <NumberInput
      label={label}
      value={value}
      onValueChange={(next) => onChange(next.value)}
      thousandSeparator={turkish ? '.' : ','}
      decimalSeparator={turkish ? ',' : '.'}
      hideControls
    />
  );
}

function Range({ kind, value, onChange }: { kind: string; value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const [from = '', to = ''] = value.split(',');
  const put = (nextFrom: string, nextTo: string) => onChange(nextFrom || nextTo ? `${nextFrom},${nextTo}` : '');
  const dates = kind.startsWith('date');
  return (
    <Group grow gap={8} align="flex-start">
      {dates ? (
        <>
          <DateField label={t('common.filter.from')} value={from || null} onChange={(next) => put(next ?? '', to)} />
          <DateField label={t('common.filter.to')} value={to || null} onChange={(next) => put(from, next ?? '')} />
        </>
      ) : (
        <>
          <Decimal label={t('common.filter.from')} value={from} onChange={(next) => put(next, to)} />
          <Decimal label={t('common.filter.to')} value={to} onChange={(next) => put(from, next)} />
        </>
      )}
    </Group>
  );
}

function Window({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const counted = /^[-+]?\d*(d|w|mo|y)$/.test(value);
  const direction = !counted ? 'calendar' : value.startsWith('-') ? 'last' : 'next';
  const sign = direction === 'last' ? '-' : '';
  return (
    <>
      <Select
        label={t('common.filter.window')}
        data={[
          { value: 'calendar', label: t('common.filter.calendar') },
          { value: 'last', label: t('common.operator.in_last') },
          { value: 'next', label: t('common.operator.in_next') },
        ]}
        value={direction}
        onChange={(next) => onChange(next === 'calendar' ? 'this_month' : next === 'last' ? '-30d' : '30d')}
        allowDeselect={false}
        comboboxProps={inPlace}
      />
      {direction === 'calendar' ? (
        <Select
          label={t('common.filter.value')}
          data={calendars.map((name) => ({ value: name, label: t(`common.calendar.${name}`) }))}
          value={value || null}
          onChange={(next) => onChange(next ?? '')}
          comboboxProps={inPlace}
        />
      ) : (
        <Span value={value.replace(/^[-+]/, '')} onChange={(next) => onChange(next && sign + next)} />
      )}
    </>
  );
}

function Span({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const [, amount = '', unit = 'd'] = /^(\d*)(d|w|mo|y)$/.exec(value) ?? [];
  const put = (nextAmount: string, nextUnit: string) => onChange(nextAmount ? `${nextAmount}${nextUnit}` : '');
  return (
    <Group grow gap={8} align="flex-end">
      <NumberInput
        label={t('common.filter.value')}
        value={amount}
        min={1}
        allowDecimal={false}
        onValueChange={(next) => put(next.value, unit)}
      />
      <Select
        aria-label={t('common.filter.unit')}
        data={[
          { value: 'd', label: t('common.filter.days') },
          { value: 'w', label: t('common.filter.weeks') },
          { value: 'mo', label: t('common.filter.months') },
          { value: 'y', label: t('common.filter.years') },
        ]}
        value={unit}
        onChange={(next) => put(amount, next ?? unit)}
        allowDeselect={false}
        comboboxProps={inPlace}
      />
    </Group>
  );
}
