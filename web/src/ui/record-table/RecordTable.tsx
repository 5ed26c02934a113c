import { useHotkeys } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type Column, gridOf, nextOrdering } from './column';
import { HeadRow } from './HeadRow';
import classes from './RecordTable.module.css';
import { BodyRow, CardRow } from './rows';
import type { SelectionState } from './selection';

const ROW_HEIGHT = 40;
const CARD_HEIGHT = 74;
const SKELETONS = 12;
const AHEAD = 30;

interface Props<Row> {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowId: (row: Row) => number;
  rowName: (row: Row) => string;
  /** All that the query finds, as far as known. */
  total?: number;
  hasMore: boolean;
  isLoading: boolean;
  onMore: () => void;
  ordering: string;
  onOrdering: (ordering: string) => void;
  selection?: SelectionState;
  /** On phones each record is a card, not a row. */
  card?: (row: Row) => ReactNode;
}

/**
 * A table of any length: only the rows in sight exist, pages load as one scrolls. `j`/`k` (and the arrows) walk the rows by focusing the
 * link that each row marks with `data-row-link`, so that Enter opens it; `x` selects.
 */
export function RecordTable<Row>(props: Props<Row>) {
  const { label, columns, rows, rowId, total, hasMore, isLoading, onMore, ordering, onOrdering, selection, card } =
    props;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(-1);
  const asCards = card !== undefined;

  const missing = isLoading ? SKELETONS : hasMore ? Math.min(SKELETONS, Math.max(1, (total ?? 0) - rows.length)) : 0;
  const virtual = useVirtualizer({
    count: rows.length + missing,
    getScrollElement: () => scroller.current,
    estimateSize: () => (asCards ? CARD_HEIGHT : ROW_HEIGHT),
    overscan: 12,
    scrollPaddingStart: asCards ? 0 : 34,
  });
  const items = virtual.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? 0;

  useEffect(() => {
    if (hasMore && !isLoading && lastIndex >= rows.length - AHEAD) onMore();
  }, [hasMore, isLoading, lastIndex, rows.length, onMore]);

  useEffect(() => {
    virtual.measure();
  }, [asCards, virtual]);

  // Another order or another query begins at the top.
  const firstId = rows[0] === undefined ? undefined : rowId(rows[0]);
  useEffect(() => {
    setActive(-1);
    scroller.current?.scrollTo({ top: 0 });
  }, [ordering, firstId]);

  const go = useCallback(
    (to: number) => {
      const index = Math.max(0, Math.min(rows.length - 1, to));
      if (rows.length === 0) return;
      setActive(index);
      virtual.scrollToIndex(index);
      requestAnimationFrame(() => {
        scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"] [data-row-link]`)?.focus();
      });
    },
    [rows.length, virtual],
  );

  const select = () => {
    const row = rows[active];
    if (row !== undefined) selection?.toggle(rowId(row));
  };
  useHotkeys([
    ['j', () => go(active + 1)],
    ['k', () => go(active - 1)],
    ['x', select],
  ]);
  const onKeyDown = (event: KeyboardEvent) => {
    // The hotkeys above are deaf while an input has the focus, and a row's checkbox is one.
    const inCheckbox = event.target instanceof HTMLInputElement;
    if (event.key === 'ArrowDown' || (inCheckbox && event.key === 'j')) go(active + 1);
    else if (event.key === 'ArrowUp' || (inCheckbox && event.key === 'k')) go(active - 1);
    else if (inCheckbox && event.key === 'x') select();
    else return;
    event.preventDefault();
  };

  const selectable = selection !== undefined;
  const grid = useMemo(() => gridOf(columns, selectable), [columns, selectable]);
  const sort = useCallback((column: string) => onOrdering(nextOrdering(ordering, column)), [ordering, onOrdering]);

  return (
    <div
      ref={scroller}
      className={classes.scroller}
      role="table"
      aria-label={label}
      aria-busy={isLoading}
      aria-rowcount={hasMore ? -1 : rows.length + 1}
      aria-colcount={columns.length}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      {!asCards && <HeadRow columns={columns} grid={grid} ordering={ordering} onSort={sort} selection={selection} />}
      <div
        className={classes.rows}
        role="rowgroup"
        style={{ height: virtual.getTotalSize(), minWidth: asCards ? undefined : grid.minWidth }}
      >
        {items.map(({ index, start, size }) => {
          const row = rows[index];
          const shared = { index, start, height: size, active: index === active, onActive: setActive };
          if (card) return <CardRow key={index} {...shared} row={row} card={card} />;
          return (
            <BodyRow
              key={index}
              {...shared}
              row={row}
              id={row === undefined ? undefined : rowId(row)}
              name={row === undefined ? '' : props.rowName(row)}
              columns={columns}
              template={grid.template}
              selectable={selectable}
              selected={row !== undefined && (selection?.has(rowId(row)) ?? false)}
              onToggle={selection?.toggle}
            />
          );
        })}
      </div>
    </div>
  );
}
