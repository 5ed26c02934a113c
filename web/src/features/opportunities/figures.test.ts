import { expect, it } from 'vitest';
import { type ForecastLine, readFigureParams } from './figures';
import { inTree } from './forecast-lines';
import { defaultWindow } from './windows';

it('looks around today while anything is there, or nothing at all', () => {
  const around = {
    back: { from: '2025-11-23', to: '2026-11-23' },
    ahead: { from: '2026-11-23', to: '2027-10-01' },
    isElsewhere: false,
  };
  expect(defaultWindow('2026-11-23', undefined, undefined)).toEqual(around);
  expect(defaultWindow('2026-11-23', '2017-12-31', '2026-12-01')).toEqual(around);
  expect(defaultWindow('2026-11-23', '2026-11-01', '2018-01-01')).toEqual(around);
});

it('looks where the opportunities are when they are long past, and not too far', () => {
  expect(defaultWindow('2026-11-23', '2017-12-31', '2018-03-31')).toEqual({
    back: { from: '2017-01-01', to: '2017-12-31' },
    ahead: { from: '2017-01-01', to: '2018-03-31' },
    isElsewhere: true,
  });
  expect(defaultWindow('2026-11-23', '2012-06-05', '2018-03-31').ahead).toEqual({
    from: '2011-07-01',
    to: '2013-06-01',
  });
});

it('places representatives below their team, and teams below theirs', () => {
  const line = (kind: string, id: number | null, parent_id: number | null = null) =>
    ({ kind, id, parent_id }) as ForecastLine;
  const lines = [line('total', null), line('team', 1), line('team', 2, 1), line('user', 7), line('user', 8)];
  const placed = inTree(lines, new Map([[7, 2]]));
  expect(placed.map(({ line: { kind, id }, depth }) => [kind, id, depth])).toEqual([
    ['total', null, 0],
    ['team', 1, 1],
    ['team', 2, 2],
    ['user', 7, 3],
    ['user', 8, 1],
  ]);
});

it('reads from the address bar only what it knows', () => {
  expect(
    readFigureParams({ from: '2017-01-01', to: 'x', pipeline: '2', owner: -1, by: 'by_rep', behind: { all: [] } }),
  ).toEqual(
    expect.objectContaining({
      from: '2017-01-01',
      to: undefined,
      pipeline: 2,
      owner: undefined,
      by: 'by_rep',
      behind: '{"all":[]}',
    }),
  );
});

it('reads a criteria as an object and as text, and nothing else', () => {
  expect(readFigureParams({ behind: '{"all":[]}' }).behind).toBe('{"all":[]}');
  expect(readFigureParams({ behind: '{"all":' }).behind).toBeUndefined();
  expect(readFigureParams({ behind: 5 }).behind).toBeUndefined();
});
