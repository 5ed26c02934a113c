import type { ForecastLine } from './figures';

/** A line with how deep it stands in the tree of teams. */
export interface PlacedLine {
  line: ForecastLine;
  depth: number;
}

/** The total, and below it teams with those under them; representatives stand below their team, or by themselves where it is not known. */
export function inTree(lines: ForecastLine[], teamOf: Map<number, number | null>): PlacedLine[] {
  const teams = new Set(lines.filter(({ kind }) => kind === 'team').map(({ id }) => id));
  const above = ({ kind, id, parent_id }: ForecastLine) => {
    const team = kind === 'user' ? (teamOf.get(id ?? 0) ?? null) : (parent_id ?? null);
    return team !== null && teams.has(team) ? team : null;
  };
  const placed: PlacedLine[] = [];
  const place = (team: number | null, depth: number) => {
    for (const line of lines) {
      if (line.kind === 'total' || above(line) !== team) continue;
      placed.push({ line, depth });
      if (line.kind === 'team' && line.id != null) place(line.id, depth + 1);
    }
  };
  for (const line of lines) if (line.kind === 'total') placed.push({ line, depth: 0 });
  place(null, 1);
  return placed;
}
