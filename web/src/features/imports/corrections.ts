import type { ImportColumn, ImportErrorRow, SavedImportMapping } from '@/api/types';

/** Was the row put right, or left out, after the check that refused it? */
export function isPutRight(row: ImportErrorRow, header: string[]): boolean {
  if (row.is_skipped) return true;
  return Object.entries(row.corrections).some(([column, value]) => value !== (row.cells[header.indexOf(column)] ?? ''));
}

/** What stands in a cell, put right or as it was read. */
export function cellOf(row: ImportErrorRow, header: string[], column: string): string {
  return row.corrections[column] ?? row.cells[header.indexOf(column)] ?? '';
}

/** What is wrong with a row, by column; under the empty name what belongs to no column. */
export function problemsByColumn(row: ImportErrorRow): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { column, message } of row.problems) {
    const name = column ?? '';
    found.set(name, [...(found.get(name) ?? []), message]);
  }
  return found;
}

/** A saved mapping as far as a file has its columns; none if it has none of them. */
export function mappingFor(saved: SavedImportMapping, header: string[]): ImportColumn[] | undefined {
  const columns = saved.columns.filter(({ column, target }) => target && header.includes(column));
  return columns.length > 0 ? columns.map(({ column, target, scale }) => ({ column, target, scale })) : undefined;
}
