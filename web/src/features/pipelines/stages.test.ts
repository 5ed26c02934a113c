import { expect, it } from 'vitest';
import type { Stage } from '@/api/types';
import { mayGo, percentOf, successors } from './stages';

const stage = (id: number, outcome: Stage['outcome']) => ({ id, outcome }) as Stage;
const stages = [stage(1, 'open'), stage(2, 'open'), stage(3, 'won'), stage(4, 'lost')];

it('lets a stage go where another one ends the same way', () => {
  expect(stages.map((one) => mayGo(one, stages))).toEqual([true, true, false, false]);
  expect(successors(stage(1, 'open'), stages).map(({ id }) => id)).toEqual([2]);
});

it('writes hundredths of a percent as a form takes them', () => {
  expect([1550, 10_000, 0, 33].map(percentOf)).toEqual(['15.5', '100', '0', '0.33']);
});
