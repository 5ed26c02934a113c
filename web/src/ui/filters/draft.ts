import { randomId } from '@/lib/random-id';
import { type Criteria, filterOf, type Leaf, leafOf } from './criteria';
import { controlFor, type Filter, type FilterField } from './filter';

/** A condition while it is being written. */
export interface DraftLeaf {
  id: string;
  filter: Filter;
  /** A test that no control can show; it is kept as it is. */
  fixed?: Leaf;
}

/** Conditions of which all or any must hold, or must not. */
export interface DraftGroup {
  id: string;
  kind: 'all' | 'any';
  negated: boolean;
  children: Draft[];
}

export type Draft = DraftLeaf | DraftGroup;

export const isGroup = (draft: Draft): draft is DraftGroup => 'children' in draft;

/** A condition with nothing in it yet. */
export function newLeaf(): DraftLeaf {
  return { id: randomId(), filter: { field: '', operator: '', value: '' } };
}

/** A group with one empty condition. */
export function newGroup(kind: 'all' | 'any' = 'all'): DraftGroup {
  return { id: randomId(), kind, negated: false, children: [newLeaf()] };
}

/** A criteria ready to be edited; the outermost is always a group. */
export function draftOf(criteria: Criteria): DraftGroup {
  const draft = nodeOf(criteria);
  const group = isGroup(draft) ? draft : { id: randomId(), kind: 'all' as const, negated: false, children: [draft] };
  return group.children.length > 0 ? group : { ...group, children: [newLeaf()] };
}

function nodeOf(criteria: Criteria): Draft {
  if ('not' in criteria) {
    const inner = nodeOf(criteria.not);
    if (isGroup(inner) && !inner.negated) return { ...inner, negated: true };
    return { id: randomId(), kind: 'all', negated: true, children: [inner] };
  }
  if ('field' in criteria) {
    const filter = filterOf(criteria);
    return filter
      ? { id: randomId(), filter }
      : { id: randomId(), filter: { field: criteria.field, operator: criteria.op, value: '' }, fixed: criteria };
  }
  const [kind, children] = 'all' in criteria ? (['all', criteria.all] as const) : (['any', criteria.any] as const);
  return { id: randomId(), kind, negated: false, children: children.map(nodeOf) };
}

/** What was written, and where each condition stands in it, as the server names the place of an error. */
export function criteriaOfDraft(
  draft: Draft,
  fields: FilterField[],
): { criteria: Criteria; places: Map<string, string> } {
  const places = new Map<string, string>();
  const write = (node: Draft, place: string): Criteria => {
    if (!isGroup(node)) {
      places.set(node.id, place);
      return node.fixed ?? leafOf(node.filter, fields);
    }
    const inner = node.negated ? `${place}.not` : place;
    const children = node.children.map((child, index) => write(child, `${inner}.${node.kind}[${index}]`));
    const group = node.kind === 'all' ? { all: children } : { any: children };
    return node.negated ? { not: group } : group;
  };
  return { criteria: write(draft, 'criteria'), places };
}

/** Has every condition all that it needs? */
export function isComplete(draft: Draft, fields: FilterField[]): boolean {
  if (isGroup(draft)) return draft.children.length > 0 && draft.children.every((child) => isComplete(child, fields));
  if (draft.fixed) return true;
  const field = fields.find(({ name }) => name === draft.filter.field);
  if (!field || !draft.filter.operator) return false;
  return controlFor(field, draft.filter.operator) === 'none' || draft.filter.value !== '';
}
