import type { ReactNode } from 'react';
import classes from './PlainTable.module.css';

/** A column of a `PlainTable`. */
export interface PlainColumn<Row> {
  id: string;
  header: string;
  align?: 'end';
  cell: (row: Row) => ReactNode;
}

/**
 * A short list as a table, for settings and the like; what can be long is a `RecordTable`. On a phone each row is a card whose values
 * carry the names of their columns. The first column names the row.
 */
export function PlainTable<Row>({
  label,
  columns,
  rows,
  rowId,
  actions,
  isLoading,
  empty,
}: {
  label: string;
  columns: PlainColumn<Row>[];
  rows: Row[] | undefined;
  rowId: (row: Row) => string | number;
  /** Buttons at the end of a row. */
  actions?: (row: Row) => ReactNode;
  isLoading?: boolean;
  /** Stands in the place of a table without rows. */
  empty?: ReactNode;
}) {
  if (rows?.length === 0 && !isLoading) return empty;
  return (
    <table className={classes.table} aria-label={label} aria-busy={rows === undefined || isLoading}>
      <thead>
        <tr>
          {columns.map(({ id, header, align }) => (
            <th key={id} scope="col" data-align={align}>
              {header}
            </th>
          ))}
          {actions && <td />}
        </tr>
      </thead>
      <tbody>
        {rows === undefined
          ? Array.from({ length: 4 }, (_, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have nothing else
              <tr key={place} className={classes.skeleton}>
                <td colSpan={columns.length + (actions ? 1 : 0)}>
                  <span />
                </td>
              </tr>
            ))
          : rows.map((row) => (
              <tr key={rowId(row)}>
                {columns.map(({ id, header, align, cell }, place) =>
                  place === 0 ? (
                    <th key={id} scope="row">
                      {cell(row)}
                    </th>
                  ) : (
                    <td key={id} data-align={align} data-label={header}>
                      {cell(row)}
                    </td>
                  ),
                )}
                {actions && <td className={classes.actions}>{actions(row)}</td>}
              </tr>
            ))}
      </tbody>
    </table>
  );
}
