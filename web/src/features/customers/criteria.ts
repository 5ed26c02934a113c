import { controlFor, type Filter, type FilterField } from '@/ui/filters/filter';

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
