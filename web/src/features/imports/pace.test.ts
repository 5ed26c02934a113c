import { expect, it } from 'vitest';
import { paceOf, withMark } from './pace';

const at = (seconds: number, rows: number) => ({ at: 1000 * seconds, rows, bytes: 10 * rows });

it('knows the pace after two marks, by the clock of the server', () => {
  expect(paceOf([at(0, 0)], 1000)).toBeUndefined();
  expect(paceOf([at(0, 0), at(2, 40)], 1000)).toEqual({ rowsPerSecond: 20, secondsLeft: 3 });
});

it('says nothing while nothing moves', () => {
  expect(paceOf([at(0, 40), at(2, 40)], 1000)).toBeUndefined();
});

it('never promises less than nothing', () => {
  expect(paceOf([at(0, 0), at(1, 100)], 500)?.secondsLeft).toBe(0);
});

it('takes an answer that was given before for nothing new, and forgets what is long ago', () => {
  const marks = [at(0, 0), at(8, 80)];
  expect(withMark(marks, at(8, 80))).toBe(marks);
  expect(withMark(marks, at(3, 30))).toBe(marks);
  expect(withMark(marks, at(12, 120))).toEqual([at(8, 80), at(12, 120)]);
});
