import type { ReactNode } from 'react';

/** A column of a `RecordTable`. Cells are plain markup: a component library inside hundreds of cells costs too much. */
export interface Column<Row> {
  /** Also the name by which the server orders. */
  id: string;
  header: string;
  /** In pixels; `grow` shares out what is left. */
  width: number;
  grow?: number;
  align?: 'end';
  sortable?: boolean;
  cell: (row: Row) => ReactNode;
}

/** The tracks of the grid that header and rows share. */
export function gridOf<Row>(columns: Column<Row>[], selectable: boolean): { template: string; minWidth: number } {
  const tracks = columns.map(({ width, grow }) => (grow ? `minmax(${width}px, ${grow}fr)` : `${width}px`));
  const minWidth = columns.reduce((sum, { width }) => sum + width, selectable ? SELECT_WIDTH : 0);
  return { template: [...(selectable ? [`${SELECT_WIDTH}px`] : []), ...tracks].join(' '), minWidth };
}

const SELECT_WIDTH = 40;

/** The order a header's button leads to: ascending, descending, none. */
export function nextOrdering(ordering: string, column: string): string {
  if (ordering === column) return `-${column}`;
  if (ordering === `-${column}`) return '';
  return column;
}

/** How a header is sorted, as `aria-sort` says it. */
export function sortOf(ordering: string, column: string): 'ascending' | 'descending' | 'none' {
  if (ordering === column) return 'ascending';
  return ordering === `-${column}` ? 'descending' : 'none';
}
