import type { LocalField } from '@/api/customer-fields';
import { FactValue } from '../facts/FactValue';
import { isEmptyFact } from '../facts/fact';
import { factKind } from '../facts/record-fact';

/** A field as it was and as it became. Stands in a list of the class `changes`. */
export function FieldChange({
  field,
  before,
  after,
  currency,
}: {
  field: LocalField;
  before: unknown;
  after: unknown;
  /** Of amounts. */
  currency?: string;
}) {
  const shown = (stored: unknown) => {
    const value = field.kind === 'reference' && stored !== null ? String(stored) : stored;
    const fact = {
      name: field.name,
      label: field.label,
      kind: factKind(field),
      value,
      choices: field.choices,
      ...(currency && { currency }),
    };
    return isEmptyFact(fact) ? '—' : <FactValue fact={fact} />;
  };
  return (
    <li>
      {field.label}: <s>{shown(before)}</s> → <b>{shown(after)}</b>
    </li>
  );
}
