import { controlFor, type Filter, type FilterField } from './filter';

/** One test of a field, as the criteria language writes it. */
export interface Leaf {
  field: string;
  op: string;
  value?: unknown;
}

/** Which records are meant: the one language of lists, saved views and bulk actions. */
export type Criteria = Leaf | { all: Criteria[] } | { any: Criteria[] } | { not: Criteria };

/** The criteria that everything satisfies. */
export const everything: Criteria = { all: [] };

const isLeaf = (criteria: Criteria): criteria is Leaf => 'field' in criteria;

/** Does it ask nothing? */
export function isEverything(criteria: Criteria): boolean {
  return 'all' in criteria && criteria.all.length === 0;
}

/** How many tests of a field it holds. */
export function leafCount(criteria: Criteria): number {
  if ('not' in criteria) return leafCount(criteria.not);
  if (isLeaf(criteria)) return 1;
  return ('all' in criteria ? criteria.all : criteria.any).reduce((sum, child) => sum + leafCount(child), 0);
}

/** Filters that all hold, in the criteria language. */
export function criteriaOf(filters: Filter[], fields: FilterField[]): Criteria {
  return { all: filters.map((filter) => leafOf(filter, fields)) };
}

/** A filter in the criteria language. */
export function leafOf({ field: name, operator, value }: Filter, fields: FilterField[]): Leaf {
  const field = fields.find((candidate) => candidate.name === name);
  if (!field) return { field: name, op: operator, value };
  const typed = (text: string) => (field.kind === 'reference' && text !== 'me' ? Number(text) : momentOf(field, text));
  switch (controlFor(field, operator)) {
    case 'none':
      return { field: name, op: operator };
    case 'choices':
    case 'texts':
    case 'range':
      return { field: name, op: operator, value: value.split(',').map(typed) };
    case 'yes-no':
      return { field: name, op: operator, value: value === 'true' };
    case 'window':
      return { field: name, op: operator, value: windowOf(value) };
    default:
      return { field: name, op: operator, value: typed(value) };
  }
}

const isDated = (field: FilterField) => field.kind === 'date' || field.kind === 'date_time';

/** `-30d` and `+2w` of the address bar are points of time. */
function momentOf(field: FilterField, text: string): unknown {
  const [, sign, period] = (isDated(field) && /^([-+ ])(\d+(?:h|d|w|mo|y))$/.exec(text)) || [];
  if (!period) return text;
  return sign === '-' ? { ago: period } : { in: period };
}

/** `this_month`, `7d` (the next) and `-7d` (the last) of the address bar are windows. */
function windowOf(text: string): unknown {
  if (/^-\d/.test(text)) return { last: text.slice(1) };
  return /^\+?\d/.test(text) ? { next: text.replace('+', '') } : { calendar: text };
}

/** A test as the address bar writes it; nothing for what it cannot write (a text with a comma in a list). */
export function filterOf({ field, op, value }: Leaf): Filter | undefined {
  if (value === undefined || value === null) return { field, operator: op, value: 'true' };
  if (Array.isArray(value)) {
    const texts = value.map(textOf);
    if (texts.some((text) => text === undefined || text.includes(','))) return undefined;
    return { field, operator: op, value: texts.join(',') };
  }
  const text = textOf(value);
  return text === undefined ? undefined : { field, operator: op, value: text };
}

function textOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[key, period] = []] = Object.entries(value) as [string, string][];
  switch (key) {
    case 'ago':
    case 'last':
      return `-${period}`;
    case 'in':
      return `+${period}`;
    case 'next':
    case 'calendar':
      return period;
    default:
      return undefined;
  }
}

/** The criteria as filters that all hold; nothing when it is more than that. */
export function filtersOf(criteria: Criteria): Filter[] | undefined {
  const leaves = isLeaf(criteria) ? [criteria] : 'all' in criteria ? criteria.all : undefined;
  if (!leaves?.every(isLeaf)) return undefined;
  const filters = leaves.map(filterOf);
  if (filters.includes(undefined)) return undefined;
  const asked = filters.map((filter) => `${filter?.field} ${filter?.operator}`);
  // The address bar can ask the same of a field only once.
  return new Set(asked).size === asked.length ? (filters as Filter[]) : undefined;
}

/** The criteria in the address bar; nothing when it is not one. */
export function readCriteria(text: string | undefined): Criteria | undefined {
  if (!text) return undefined;
  try {
    const json = JSON.parse(text);
    return isCriteria(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function isCriteria(json: unknown): json is Criteria {
  if (typeof json !== 'object' || json === null) return false;
  if ('all' in json) return Array.isArray(json.all) && json.all.every(isCriteria);
  if ('any' in json) return Array.isArray(json.any) && json.any.every(isCriteria);
  if ('not' in json) return isCriteria(json.not);
  return 'field' in json && typeof json.field === 'string' && 'op' in json && typeof json.op === 'string';
}

/** Do two criteria say the same, letter by letter? A test alone is all there is in a group of one. */
export function isSame(one: Criteria, other: Criteria): boolean {
  return JSON.stringify(settled(one)) === JSON.stringify(settled(other));
}

function settled(criteria: Criteria): Criteria {
  if (isLeaf(criteria)) return { all: [leafInOrder(criteria)] };
  const inner = (child: Criteria): Criteria => (isLeaf(child) ? leafInOrder(child) : settled(child));
  if ('not' in criteria) return { not: inner(criteria.not) };
  return 'all' in criteria ? { all: criteria.all.map(inner) } : { any: criteria.any.map(inner) };
}

const leafInOrder = ({ field, op, value }: Leaf): Leaf => ({ field, op, value });
