import { expect, it } from 'vitest';
import type { OpportunityList } from '@/api/types';
import { withFirst, without } from './queries';
import { daysInStage, isRotting } from './rotting';

it('counts whole days, and none before the first is over', () => {
  const now = Date.parse('2026-03-10T12:00:00Z');
  expect(daysInStage('2026-03-09T12:00:01Z', now)).toBe(0);
  expect(daysInStage('2026-03-08T12:00:00Z', now)).toBe(2);
  expect(daysInStage('2026-03-11T12:00:00Z', now)).toBe(0);
  expect(daysInStage(null, now)).toBe(0);
});

it('rots only after the limit, and never where there is none', () => {
  expect(isRotting(14, 14)).toBe(false);
  expect(isRotting(15, 14)).toBe(true);
  expect(isRotting(9_999, null)).toBe(false);
});

it('moves a card between columns with their counts', () => {
  const from = { count: 2, results: [{ id: 1 }, { id: 2 }] } as OpportunityList;
  const to = { count: 0, results: [] as unknown } as OpportunityList;
  expect(without(from, 1)).toMatchObject({ count: 1, results: [{ id: 2 }] });
  expect(withFirst(to, from.results[0] as never)).toMatchObject({ count: 1, results: [{ id: 1 }] });
  expect(from.results).toHaveLength(2);
});
