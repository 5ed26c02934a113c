import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { type Column, sortOf } from './column';
import classes from './RecordTable.module.css';
import type { SelectionState } from './selection';

/** The header of a `RecordTable`: real buttons that sort, a checkbox that selects what is loaded. */
export function HeadRow<Row>({
  columns,
  grid,
  ordering,
  onSort,
  selection,
}: {
  columns: Column<Row>[];
  grid: { template: string; minWidth: number };
  ordering: string;
  onSort: (column: string) => void;
  selection?: SelectionState;
}) {
  const { t } = useTranslation();
  return (
    <div role="rowgroup" className={classes.headgroup}>
      <div
        role="row"
        aria-rowindex={1}
        className={classes.head}
        style={{ gridTemplateColumns: grid.template, minWidth: grid.minWidth }}
      >
        {selection && (
          <div role="columnheader" className={classes.check}>
            <input
              type="checkbox"
              aria-label={t('common.selection.loaded')}
              checked={selection.loaded === 'all'}
              ref={(input) => {
                if (input) input.indeterminate = selection.loaded === 'some';
              }}
              onChange={selection.toggleLoaded}
            />
          </div>
        )}
        {columns.map((column) => {
          const sorted = sortOf(ordering, column.id);
          const Arrow = sorted === 'descending' ? IconArrowDown : IconArrowUp;
          return (
            <div
              key={column.id}
              role="columnheader"
              aria-sort={column.sortable ? sorted : undefined}
              className={`${classes.header} ${column.align === 'end' ? classes.end : ''}`}
            >
              {column.sortable ? (
                <button type="button" className={classes.sort} onClick={() => onSort(column.id)}>
                  {column.header}
                  <Arrow size={13} aria-hidden />
                </button>
              ) : (
                <span>{column.header}</span>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
