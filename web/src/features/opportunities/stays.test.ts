import { describe, expect, it } from 'vitest';
import { daysBetween, staysOf } from './stays';

const opportunity = {
  stage: 'proposal',
  outcome: 'open',
  created_at: '2026-01-01T00:00:00Z',
  stage_entered_at: '2026-01-11T00:00:00Z',
};
const move = (at: string, before: string, after: string) => ({ at, changes: { stage: [before, after] } });

describe('stays in stages', () => {
  it('follows the moves, the first one first', () => {
    const history = [
      move('2026-01-11T00:00:00Z', 'qualification', 'proposal'),
      { at: '2026-01-05T00:00:00Z', changes: { amount: ['1.00', '2.00'] } },
      move('2026-01-04T00:00:00Z', 'prospecting', 'qualification'),
    ];
    expect(staysOf(opportunity, history)).toEqual([
      { stage: 'prospecting', from: '2026-01-01T00:00:00Z', until: '2026-01-04T00:00:00Z' },
      { stage: 'qualification', from: '2026-01-04T00:00:00Z', until: '2026-01-11T00:00:00Z' },
      { stage: 'proposal', from: '2026-01-11T00:00:00Z' },
    ]);
  });

  it('knows one that never moved', () => {
    expect(staysOf(opportunity, [])).toEqual([{ stage: 'proposal', from: '2026-01-11T00:00:00Z' }]);
  });

  it('counts no time after it was won', () => {
    const won = { ...opportunity, stage: 'won', outcome: 'won' };
    expect(staysOf(won, [move('2026-01-03T00:00:00Z', 'prospecting', 'won')])).toEqual([
      { stage: 'prospecting', from: '2026-01-01T00:00:00Z', until: '2026-01-03T00:00:00Z' },
    ]);
    expect(staysOf(won, [])).toEqual([]);
  });

  it('counts whole days, never less than none', () => {
    expect(daysBetween('2026-01-01T00:00:00Z', '2026-01-03T23:00:00Z')).toBe(2);
    expect(daysBetween('2026-01-03T00:00:00Z', undefined, Date.parse('2026-01-01T00:00:00Z'))).toBe(0);
  });
});
