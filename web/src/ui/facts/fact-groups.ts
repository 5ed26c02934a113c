import type { LocalField } from '@/api/customer-fields';
import type { FactGroup } from './FactList';
import type { Fact } from './fact';

/** Facts as the server groups their fields, custom ones in the group `custom`; groups in an order, empty ones left out. */
export function groupedFacts(
  order: readonly string[],
  fields: LocalField[],
  labelOf: (group: string) => string,
  factOf: (field: LocalField) => Fact | undefined,
): FactGroup[] {
  return order
    .map((name) => ({
      name,
      label: labelOf(name),
      facts: fields.filter((field) => (field.group ?? 'custom') === name).flatMap((field) => factOf(field) ?? []),
    }))
    .filter((group) => group.facts.length > 0);
}

/** The names that came with a record, by the fields that refer to them: the id and what it is called. */
export type KnownNames = Record<string, [unknown, string | null | undefined]>;

/** The choices of a field, or its value by a name that came with the record: no number is shown while users and teams are still on their way. */
export function choicesOf(field: LocalField, names: KnownNames): LocalField['choices'] {
  if (field.kind !== 'reference' || field.choices.length > 0) return field.choices;
  const [value, label] = names[field.name] ?? [];
  return label ? [{ value: String(value), label }] : [];
}
