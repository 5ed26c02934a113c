/** What an inline editor of a fact offers. */
export type FactKind =
  | 'text'
  | 'long-text'
  | 'date'
  | 'date-time'
  | 'choice'
  | 'choices'
  | 'tags'
  | 'money'
  | 'number'
  | 'yes-no'
  | 'email'
  | 'phone'
  | 'url';

/** One fact of a record: its name, its value, how to change it. */
export interface Fact {
  name: string;
  label: string;
  kind: FactKind;
  value: unknown;
  choices?: { value: string; label: string }[];
  currency?: string;
  readOnly?: boolean;
}

/** Is there nothing to show? */
export function isEmptyFact({ value, kind }: Fact): boolean {
  if (kind === 'yes-no') return value === null || value === undefined;
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}
