import { expect, it } from 'vitest';
import type { Opportunity } from '@/api/types';
import { type ColumnPages, withFirst, without } from './queries';
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
  const page = (count: number, ids: number[]) => ({ count, cards: ids.map((id) => ({ id })) });
  const from = { pages: [page(3, [1, 2]), page(3, [3])] } as ColumnPages;
  const to = { pages: [page(0, [])] } as unknown as ColumnPages;
  expect(without(from, 1).pages).toMatchObject([page(2, [2]), page(2, [3])]);
  expect(withFirst(to, { id: 1 } as Opportunity).pages).toMatchObject([page(1, [1])]);
  expect(from.pages[0]?.cards).toHaveLength(2);
});
