import { expect, test } from 'vitest';
import { dueState } from './due';

const now = new Date('2026-03-16T12:00:00+03:00');
const at = (due_date: string, more = {}) => dueState({ due_date, status: 'planned', is_all_day: false, ...more }, now);

test('an activity is late once its time has passed, and one of a day once the day has', () => {
  expect(at('2026-03-16T11:59:00+03:00')).toBe('late');
  expect(at('2026-03-16T12:30:00+03:00')).toBe('today');
  expect(at('2026-03-16T00:00:00+03:00', { is_all_day: true })).toBe('today');
  expect(at('2026-03-15T00:00:00+03:00', { is_all_day: true })).toBe('late');
  expect(at('2026-03-17T00:30:00+03:00')).toBe('later');
});

test('days are those of the business, not of the browser', () => {
  expect(at('2026-03-15T22:30:00Z')).toBe('late');
  expect(at('2026-03-16T21:30:00Z')).toBe('later');
});

test('what is over is never late', () => {
  expect(at('2026-03-01T12:00:00+03:00', { status: 'completed' })).toBe('over');
  expect(at('2026-03-01T12:00:00+03:00', { status: 'cancelled' })).toBe('over');
});
