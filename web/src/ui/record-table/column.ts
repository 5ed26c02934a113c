import type { ReactNode } from 'react';
import type { Fact } from '../facts/fact';

/** A column of a `RecordTable`. Cells are plain markup: a component library inside hundreds of cells costs too much. */
export interface Column<Row> {
  /** Also the name by which the server orders. */
  id: string;
  header: string;
  /** In pixels; `grow` shares out what is left. A column that was resized does not grow. */
  width: number;
  grow?: number;
  align?: 'end';
  sortable?: boolean;
  cell: (row: Row) => ReactNode;
  /** What is edited when the cell is; nothing where it cannot be. */
  fact?: (row: Row) => Fact | undefined;
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

/** The narrowest a column may be made, and the widest. */
export const MIN_WIDTH = 56;
export const MAX_WIDTH = 720;

/** How high a row is. */
export const densities = { compact: 32, normal: 40, roomy: 52 } as const;
export type Density = keyof typeof densities;

/** What a user does with columns; where it is kept is for the page to say. */
export interface Arranging {
  onResize: (column: string, width: number | undefined) => void;
  /** Puts a column before or behind another one. */
  onMove: (column: string, to: string) => void;
  onHide: (column: string) => void;
}

/** The names in the order they have after one takes the place of another. */
export function moved(names: string[], name: string, to: string): string[] {
  const [from, at] = [names.indexOf(name), names.indexOf(to)];
  if (from < 0 || at < 0 || from === at) return names;
  const rest = names.filter((other) => other !== name);
  rest.splice(at, 0, name);
  return rest;
}
