import { memo, type ReactNode } from 'react';
import type { Column } from './column';
import classes from './RecordTable.module.css';

interface FootProps<Row> {
  columns: Column<Row>[];
  minWidth: number;
  selectable: boolean;
  foot: (column: Column<Row>) => ReactNode;
}

/** The last row of a `RecordTable`, which stays in sight: totals. */
export const FootRow = memo(function FootRow<Row>({ columns, minWidth, selectable, foot }: FootProps<Row>) {
  return (
    <div role="rowgroup" className={classes.footgroup}>
      <div role="row" className={classes.foot} style={{ minWidth }}>
        {selectable && <div role="cell" />}
        {columns.map((column) => (
          <div
            key={column.id}
            role="cell"
            className={column.align === 'end' ? `${classes.total} ${classes.end}` : classes.total}
          >
            {foot(column)}
          </div>
        ))}
      </div>
    </div>
  );
}) as <Row>(props: FootProps<Row>) => ReactNode;
