import { describe, expect, it } from 'vitest';
import type { CalendarItem } from '@/api/types';
import { clashes, daysOf, isOn, minuteOf, momentAt, mondayOf, placed, turned } from './grid';

const item = (id: number, start: string, end: string, more: Partial<CalendarItem> = {}): CalendarItem =>
  ({ id, start, end, is_all_day: false, status: 'planned', assigned_to: 1, attendees: [], ...more }) as CalendarItem;

describe('the days of a view', () => {
  it('begin on a Monday', () => {
    expect(mondayOf('2026-11-29')).toBe('2026-11-23');
    expect(daysOf('week', '2026-11-24')).toHaveLength(7);
  });
  it('are whole weeks of a month', () => {
    const days = daysOf('month', '2026-11-24');
    expect([days[0], days.at(-1)]).toEqual(['2026-10-26', '2026-12-06']);
    expect(daysOf('month', '2027-02-10')).toHaveLength(28);
  });
  it('turn by what is shown', () => {
    expect(turned('month', '2026-12-31', 1)).toBe('2027-01-01');
    expect(turned('month', '2026-03-31', -1)).toBe('2026-02-01');
    expect(turned('week', '2026-11-24', -1)).toBe('2026-11-17');
  });
});

describe('items of a day', () => {
  const nine = momentAt('2026-11-24', 9 * 60);
  it('are where their time is', () => {
    expect(minuteOf(nine)).toBe(540);
    expect(momentAt('2026-11-24', 25 * 60)).toBe('2026-11-25T01:00:00+03:00');
  });
  it('share the width where they overlap, and only there', () => {
    const all = placed(
      [
        item(1, nine, momentAt('2026-11-24', 600)),
        item(2, momentAt('2026-11-24', 570), momentAt('2026-11-24', 630)),
        item(3, momentAt('2026-11-24', 600), momentAt('2026-11-24', 660)),
        item(4, momentAt('2026-11-24', 720), momentAt('2026-11-24', 780)),
      ],
      '2026-11-24',
    );
    expect(all.map(({ item, lane, lanes }) => [item.id, lane, lanes])).toEqual([
      [1, 0, 2],
      [2, 1, 2],
      [3, 0, 2],
      [4, 0, 1],
    ]);
  });
  it('that go over midnight stand on both days', () => {
    const late = item(1, momentAt('2026-11-24', 1_380), momentAt('2026-11-25', 60));
    expect(['2026-11-24', '2026-11-25'].map((day) => placed([late], day)[0]?.height)).toEqual([60, 60]);
    expect(isOn(item(1, nine, momentAt('2026-11-25', 0)), '2026-11-25')).toBe(false);
  });
});

it('clashes are those of the same people, with what is still open', () => {
  const moved = item(1, momentAt('2026-11-24', 540), momentAt('2026-11-24', 600), { attendees: [7] });
  const at = (more: Partial<CalendarItem>) =>
    item(2, momentAt('2026-11-24', 570), momentAt('2026-11-24', 630), { assigned_to: 2, ...more });
  expect(clashes([moved, at({})], moved)).toBe(false);
  expect(clashes([moved, at({ assigned_to: 7 })], moved)).toBe(true);
  expect(clashes([at({ attendees: [1] })], moved)).toBe(true);
  expect(clashes([at({ assigned_to: 7, status: 'completed' })], moved)).toBe(false);
  expect(clashes([item(2, momentAt('2026-11-24', 600), momentAt('2026-11-24', 630))], moved)).toBe(false);
});
