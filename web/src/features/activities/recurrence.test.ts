import { expect, it } from 'vitest';
import { endingOn, repeatsOf } from './recurrence';

it('offers rules that begin with the activity', () => {
  // Half past eleven at night in London is the next day here.
  const rules = repeatsOf('2026-11-23T23:30:00Z').map(({ rule }) => rule);
  expect(rules).toEqual([
    'FREQ=DAILY',
    'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
    'FREQ=WEEKLY;BYDAY=TU',
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU',
    'FREQ=MONTHLY;BYMONTHDAY=24',
    'FREQ=MONTHLY;BYDAY=4TU',
    'FREQ=YEARLY',
  ]);
});

it('ends a rule with a day', () => {
  expect(endingOn('FREQ=DAILY', '2027-01-05')).toBe('FREQ=DAILY;UNTIL=20270105');
  expect(endingOn('', '2027-01-05')).toBe('');
});
