import { expect, it } from 'vitest';
import { everything } from '../filters/criteria';
import { paramsOf } from './list-queries';
import { type ListState, paramsOfState } from './list-state';
import type { View } from './views';

const list: ListState = { criteria: everything, ordering: '', columns: ['name', 'city'] };
const van = { field: 'city', op: 'eq', value: 'Van' };
const view = { id: 1 } as View;

it('leaves to the view what the view says', () => {
  const saved = { ...list, criteria: van, ordering: 'name' };
  expect(paramsOfState(saved, saved, view)).toEqual({});
  expect(paramsOfState(list, saved, view)).toEqual({ criteria: 'none', ordering: 'none' });
  expect(paramsOfState({ ...saved, columns: ['name'] }, saved, view)).toEqual({ columns: 'name' });
  // Without a view the columns are the browser's business.
  expect(paramsOfState({ ...list, columns: ['name'] }, list, undefined)).toEqual({});
});

it('writes filters plainly and groups as a criteria', () => {
  expect(paramsOfState({ ...list, criteria: { all: [van] } }, list, undefined)).toEqual({ city: 'Van' });
  const either = { any: [van, { field: 'city', op: 'is_empty' }] };
  expect(paramsOfState({ ...list, criteria: either }, list, undefined)).toEqual({ criteria: JSON.stringify(either) });
});

it('asks by parameters as long as they can say it', () => {
  const asked = { criteria: { all: [van] }, search: 'a', ordering: '' };
  expect(paramsOf(asked)).toEqual({ city: 'Van', search: 'a' });
  expect(paramsOf({ ...asked, criteria: { not: van } })).toBeUndefined();
});
