import type { LocalField } from '@/api/customer-fields';
import type { RecordRow } from '@/api/records';
import type { Fact, FactKind } from './fact';

const kindOf: Record<string, FactKind> = {
  boolean: 'yes-no',
  choice: 'choice',
  reference: 'choice',
  multi_choice: 'choices',
  date: 'date',
  date_time: 'date-time',
  money: 'money',
  number: 'number',
  link: 'url',
};

/** How a field is shown and edited in place. */
export function factKind(field: LocalField): FactKind {
  if (field.is_many && field.kind === 'text') return 'tags';
  if (/(^|_)email$/.test(field.name)) return 'email';
  if (/(^|_)phone$/.test(field.name)) return 'phone';
  return kindOf[field.kind] ?? 'text';
}

const customKey = (name: string) => name.replace(/^custom\./, '');

/** The value of a field as an editor takes it: references are text, custom fields lie in an object of their own. */
export function storedValue<Row extends RecordRow>(row: Row, field: LocalField): unknown {
  if (field.is_custom) return row.custom[customKey(field.name)];
  const value = (row as Record<string, unknown>)[field.name];
  return field.kind === 'reference' && value !== null && value !== undefined ? String(value) : value;
}

/** A field of a record as a fact; `choices` where the record knows more than the field. */
export function recordFact<Row extends RecordRow>(row: Row, field: LocalField, choices = field.choices): Fact {
  const { currency } = row as { currency?: string };
  return {
    name: field.name,
    label: field.label,
    kind: factKind(field),
    value: storedValue(row, field),
    choices,
    ...(currency && { currency }),
  };
}

/** The change that a new value of a fact makes: references are numbers, custom fields live in an object of their own. */
export function changeOf(field: LocalField, value: unknown): Record<string, unknown> {
  if (field.is_custom) return { custom: { [customKey(field.name)]: value } };
  if (field.kind === 'reference') return { [field.name]: value === '' ? null : Number(value) };
  return { [field.name]: value };
}
