import { controlFor, type Filter, type FilterField } from './filter';

/** A condition as the criteria language writes it. */
interface Leaf {
  field: string;
  op: string;
  value?: unknown;
}

/** The filters of the address bar in the criteria language, for what acts on everything a list finds. */
export function criteriaOf(filters: Filter[], fields: FilterField[]): { all: Leaf[] } {
  return {
    all: filters.map(({ field: name, operator, value }) => {
      const field = fields.find((candidate) => candidate.name === name);
      if (!field) return { field: name, op: operator, value };
      const typed = (text: string) => (field.kind === 'reference' && text !== 'me' ? Number(text) : text);
      switch (controlFor(field, operator)) {
        case 'none':
          return { field: name, op: operator };
        case 'choices':
        case 'texts':
        case 'range':
          return { field: name, op: operator, value: value.split(',').map(typed) };
        case 'yes-no':
          return { field: name, op: operator, value: value === 'true' };
        default:
          return { field: name, op: operator, value: typed(value) };
      }
    }),
  };
}

/** A criteria as filters, where it is nothing but conditions that all hold; else it is more than filters can say. */
export function filtersOf(criteria: object, fields: FilterField[]): Filter[] | undefined {
  const leaves = 'all' in criteria && Array.isArray(criteria.all) ? (criteria.all as object[]) : [criteria];
  const filters = leaves.map((leaf) => filterOf(leaf, fields));
  return filters.every((filter) => filter !== undefined) ? filters : undefined;
}

function filterOf(leaf: object, fields: FilterField[]): Filter | undefined {
  if (!('field' in leaf && 'op' in leaf)) return undefined;
  const { field: name, op: operator, value } = leaf as Leaf;
  if (!fields.some((field) => field.name === name)) return undefined;
  if (value === undefined) return { field: name, operator, value: 'true' };
  const parts = Array.isArray(value) ? value : [value];
  // Filters join what they list by commas.
  if (parts.some((part) => part === null || typeof part === 'object' || (parts.length > 1 && `${part}`.includes(','))))
    return undefined;
  return { field: name, operator, value: parts.join(',') };
}
