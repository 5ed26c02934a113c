import { describe, expect, it } from 'vitest';
import {
  type Criteria,
  criteriaOf,
  everything,
  filtersOf,
  isEverything,
  isSame,
  leafCount,
  readCriteria,
} from './criteria';
import { criteriaOfDraft, draftOf, isComplete, newLeaf } from './draft';
import type { FilterField } from './filter';

const field = (name: string, kind: string, operators: string[]): FilterField => ({
  name,
  label: name,
  kind,
  operators,
  choices: [],
});
const fields = [
  field('city', 'text', ['eq', 'in', 'is_set']),
  field('birth_date', 'date', ['gte', 'in_next', 'within']),
  field('annual_revenue', 'money', ['gte', 'between']),
  field('owner_id', 'reference', ['eq', 'in']),
  field('is_active', 'boolean', ['eq']),
];

const flat: Criteria = {
  all: [
    { field: 'city', op: 'in', value: ['İzmir', 'Van'] },
    { field: 'birth_date', op: 'within', value: { calendar: 'this_month' } },
    { field: 'birth_date', op: 'gte', value: { ago: '30d' } },
    { field: 'annual_revenue', op: 'between', value: ['1.00', '2.00'] },
    { field: 'owner_id', op: 'in', value: [3, 'me'] },
    { field: 'is_active', op: 'eq', value: true },
    { field: 'city', op: 'is_set' },
  ],
};
const deep: Criteria = {
  any: [
    { field: 'city', op: 'eq', value: 'Van' },
    { not: { all: [{ field: 'city', op: 'is_set' }, { any: [{ field: 'is_active', op: 'eq', value: false }] }] } },
  ],
};

describe('criteria and filters', () => {
  it('say the same both ways', () => {
    expect(criteriaOf(filtersOf(flat) ?? [], fields)).toEqual(flat);
  });

  it('part where filters cannot follow', () => {
    expect(filtersOf(deep)).toBeUndefined();
    expect(filtersOf({ not: { field: 'city', op: 'is_set' } })).toBeUndefined();
    // A comma separates the values of a list in the address bar, and a field is asked the same once.
    expect(filtersOf({ field: 'city', op: 'in', value: ['a,b'] })).toBeUndefined();
    const twice = { field: 'city', op: 'eq', value: 'Van' };
    expect(filtersOf({ all: [twice, twice] })).toBeUndefined();
  });

  it('are the same whether a test stands alone or in a group of one', () => {
    const alone: Criteria = { field: 'city', op: 'eq', value: 'Van' };
    expect(isSame(alone, { all: [alone] })).toBe(true);
    expect(isSame(alone, { any: [alone] })).toBe(false);
    expect(isSame(everything, flat)).toBe(false);
    expect(isEverything(everything)).toBe(true);
    expect(leafCount(deep)).toBe(3);
  });

  it('are read from the address bar only when they are criteria', () => {
    expect(readCriteria(JSON.stringify(deep))).toEqual(deep);
    for (const wrong of [undefined, '', '{', '[]', '{"all":1}', '{"field":1,"op":"eq"}', '{"any":[{"x":1}]}']) {
      expect(readCriteria(wrong)).toBeUndefined();
    }
  });
});

describe('a draft', () => {
  it('writes what it was read from', () => {
    expect(criteriaOfDraft(draftOf(deep), fields).criteria).toEqual(deep);
    expect(criteriaOfDraft(draftOf(flat), fields).criteria).toEqual(flat);
  });

  it('keeps what no control can show', () => {
    const odd: Criteria = { all: [{ field: 'city', op: 'in', value: ['a,b', 'c'] }] };
    expect(criteriaOfDraft(draftOf(odd), fields).criteria).toEqual(odd);
  });

  it('knows the places that the server names', () => {
    const { places } = criteriaOfDraft(draftOf(deep), fields);
    expect([...places.values()]).toEqual([
      'criteria.any[0]',
      'criteria.any[1].not.all[0]',
      'criteria.any[1].not.all[1].any[0]',
    ]);
  });

  it('is complete once every condition has all it needs', () => {
    expect(isComplete(draftOf(deep), fields)).toBe(true);
    expect(isComplete(draftOf(everything), fields)).toBe(false);
    const half = { ...newLeaf(), filter: { field: 'city', operator: 'eq', value: '' } };
    expect(isComplete(half, fields)).toBe(false);
    expect(isComplete({ ...half, filter: { ...half.filter, operator: 'is_set' } }, fields)).toBe(true);
  });
});
