/** One condition of a list, as the address bar and the API write it: `annual_revenue__gte=1000`. */
export interface Filter {
  field: string;
  operator: string;
  value: string;
}

/** What a filter may be built on: the part of a field's description that matters here. */
export interface FilterField {
  name: string;
  label: string;
  kind: string;
  operators: string[];
  choices: { value: string; label: string }[];
}

const EQUAL = 'eq';

/** Query parameters that are not conditions. */
const reserved = new Set([
  'search',
  'ordering',
  'page',
  'page_size',
  'cursor',
  'count',
  'view',
  'criteria',
  'columns',
  'peek',
]);

/** The conditions among query parameters. */
export function filtersFrom(params: Record<string, string | undefined>): Filter[] {
  return Object.entries(params)
    .filter(([name, value]) => !reserved.has(name) && value !== undefined)
    .map(([name, value]) => {
      const cut = name.indexOf('__');
      const [field, operator] = cut < 0 ? [name, EQUAL] : [name.slice(0, cut), name.slice(cut + 2)];
      return { field, operator, value: value as string };
    });
}

/** Conditions as query parameters. */
export function paramsFrom(filters: Filter[]): Record<string, string> {
  return Object.fromEntries(
    filters.map(({ field, operator, value }) => [operator === EQUAL ? field : `${field}__${operator}`, value]),
  );
}

/** What kind of control a condition's value wants. */
export type ValueControl =
  | 'none'
  | 'yes-no'
  | 'choice'
  | 'choices'
  | 'texts'
  | 'date'
  | 'span'
  | 'window'
  | 'number'
  | 'range'
  | 'text';

const many = new Set(['in', 'not_in', 'has_any', 'has_all', 'has_none']);
const textual = new Set(['contains', 'starts_with', 'ends_with']);

/** The control for the value of an operator on a field. */
export function controlFor(field: FilterField, operator: string): ValueControl {
  if (operator === 'is_set' || operator === 'is_empty') return 'none';
  if (operator === 'in_last' || operator === 'in_next') return 'span';
  if (operator === 'within' || operator === 'anniversary_in') return 'window';
  if (operator === 'between') return 'range';
  if (textual.has(operator)) return 'text';
  if (field.kind === 'boolean') return 'yes-no';
  if (many.has(operator)) return field.choices.length > 0 ? 'choices' : 'texts';
  if (field.choices.length > 0) return 'choice';
  if (field.kind === 'date' || field.kind === 'date_time') return 'date';
  if (field.kind === 'number' || field.kind === 'money' || field.kind === 'age') return 'number';
  return 'text';
}

/** Stretches of the calendar, as the criteria language names them. */
export const calendars = [
  'today',
  'this_week',
  'this_month',
  'last_month',
  'this_quarter',
  'ytd',
  'last_year',
] as const;
