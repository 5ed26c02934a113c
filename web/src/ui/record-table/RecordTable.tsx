import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import type { Fact } from '../facts/fact';
import { useShortcuts } from '../shortcuts/registry';
import type { RowAction } from './action';
import { type Arranging, type Column, type Density, densities, gridOf, nextOrdering } from './column';
import { type Cell, useEditing } from './editing';
import { FootRow } from './FootRow';
import { HeadRow } from './HeadRow';
import classes from './RecordTable.module.css';
import { BodyRow, CardRow, type RowEditing } from './rows';
import type { SelectionState } from './selection';
import { useSlots } from './slots';

const CARD_HEIGHT = 74;
const SKELETONS = 12;
/** How many rows there are before and behind those in sight. */
const OVERSCAN = 12;
/** How many rows before the end the next page is asked for: more than a flick of the wheel covers while it is on the way. */
const AHEAD = 120;

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
  density?: Density;
  arranging?: Arranging;
  /** Saves what was typed into a cell; rejects when it is refused, and the message is shown in the cell. */
  onEdit?: (row: Row, fact: Fact, value: unknown) => Promise<unknown>;
  /** The record that is shown beside the table; walking the rows walks it too. */
  current?: number;
  onCurrent?: (row: Row | undefined) => void;
  /** What one key does with the row one is at. */
  actions?: RowAction<Row>[] | undefined;
  /** What stands below the columns, by column. */
  foot?: (column: Column<Row>) => ReactNode;
  /** On phones each record is a card, not a row. */
  card?: (row: Row) => ReactNode;
}

const nothingSaved = async () => {};

/**
 * A table of any length: only the rows in sight exist, pages load as one scrolls. `j`/`k` (and the arrows) walk the rows by focusing the
 * link that each row marks with `data-row-link`, so that Enter opens it; left and right walk the cells; `x` selects, `e` edits, the space
 * bar shows the record beside the table.
 */
export function RecordTable<Row>(props: Props<Row>) {
  const { label, columns, rows, rowId, total, hasMore, isLoading, onMore, ordering, onOrdering, selection, card } =
    props;
  const { current, onCurrent, onEdit, foot } = props;
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(-1);
  const asCards = card !== undefined;
  const rowHeight = asCards ? CARD_HEIGHT : densities[props.density ?? 'normal'];

  const missing = isLoading ? SKELETONS : hasMore ? Math.min(SKELETONS, Math.max(1, (total ?? 0) - rows.length)) : 0;
  const virtual = useVirtualizer({
    count: rows.length + missing,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    // What a turn of the wheel asks for and what it takes to lay it out are two short tasks instead of a long one.
    useFlushSync: false,
    scrollPaddingStart: asCards ? 0 : 34,
    scrollPaddingEnd: foot ? 34 : 0,
  });
  const placed = useSlots(virtual, rowHeight, OVERSCAN);
  const lastIndex = virtual.getVirtualItems().at(-1)?.index ?? 0;

  useEffect(() => {
    if (hasMore && !isLoading && lastIndex >= rows.length - AHEAD) onMore();
  }, [hasMore, isLoading, lastIndex, rows.length, onMore]);

  useEffect(() => {
    virtual.measure();
  }, [rowHeight, virtual]);

  // Another order or another query begins at the top.
  const firstId = rows[0] === undefined ? undefined : rowId(rows[0]);
  useEffect(() => {
    setActive(-1);
    scroller.current?.scrollTo({ top: 0 });
  }, [ordering, firstId]);

  // What is shown beside the table is the row one is at.
  const currentIndex = useMemo(
    () => (current === undefined ? -1 : rows.findIndex((row) => rowId(row) === current)),
    [current, rows, rowId],
  );
  useEffect(() => {
    if (currentIndex < 0) return;
    setActive(currentIndex);
    virtual.scrollToIndex(currentIndex);
  }, [currentIndex, virtual]);

  // Unless the focus is in it: then the table has it, so that Enter never opens a row one has not seen oneself at.
  const focused = useRef(-1);
  const enter = useCallback((index: number) => {
    focused.current = index;
    setActive(index);
  }, []);
  useLayoutEffect(() => {
    const row = document.activeElement?.closest<HTMLElement>('[data-index]');
    if (!row || !scroller.current?.contains(row) || Number(row.dataset.index) === focused.current) return;
    scroller.current.focus({ preventScroll: true });
  });

  const focus = useCallback((index: number, inside: string) => {
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"] ${inside}`)?.focus({ preventScroll: true }),
    );
  }, []);
  const go = useCallback(
    (to: number) => {
      const index = Math.max(0, Math.min(rows.length - 1, to));
      if (rows.length === 0) return;
      setActive(index);
      virtual.scrollToIndex(index);
      if (current !== undefined) onCurrent?.(rows[index]);
      // Whoever reads the record beside the table stays there.
      if (!document.activeElement?.closest('[data-beside]')) focus(index, '[data-row-link]');
    },
    [rows, virtual, current, onCurrent, focus],
  );

  const rowById = useCallback((id: number) => rows.find((row) => rowId(row) === id), [rows, rowId]);
  const { cell, open, save, cancel, failures } = useEditing(
    useCallback(
      async (id, fact, value) => {
        const row = rowById(id);
        if (row !== undefined) await (onEdit ?? nothingSaved)(row, fact, value);
      },
      [rowById, onEdit],
    ),
  );
  const editing = useRowEditing({ columns, rowById, rows, rowId, open, save, cancel, focus });

  const select = () => {
    const row = rows[active];
    if (row !== undefined) selection?.toggle(rowId(row));
  };
  const edit = () => {
    const row = rows[active];
    if (row === undefined || !onEdit || asCards) return;
    const focused = document.activeElement?.closest<HTMLElement>('[data-column]')?.dataset.column;
    const editable = columns.filter((column) => column.fact?.(row));
    const column = editable.find(({ id }) => id === focused) ?? (focused === columns[0]?.id ? editable[0] : undefined);
    const chosen = column ?? (focused === undefined ? editable[0] : undefined);
    if (chosen) open({ id: rowId(row), column: chosen.id });
  };
  const showing = useRef({ rowById, onCurrent });
  useEffect(() => {
    showing.current = { rowById, onCurrent };
  });
  // The same function for all rows and all times, so that they need not be rendered again.
  const showBeside = useCallback((id: number) => showing.current.onCurrent?.(showing.current.rowById(id)), []);
  const peek = () => {
    const row = rows[active];
    if (row !== undefined) onCurrent?.(rowId(row) === current ? undefined : row);
  };
  useShortcuts(t('common.shortcuts.table'), [
    { keys: 'j', label: t('common.shortcuts.next'), run: () => go(active + 1) },
    { keys: 'k', label: t('common.shortcuts.previous'), run: () => go(active - 1) },
    { keys: 'Enter', label: t('common.shortcuts.open') },
    ...(selection ? [{ keys: 'x', label: t('common.shortcuts.select'), run: select }] : []),
    ...(onEdit && !asCards
      ? [
          { keys: 'e', label: t('common.shortcuts.edit'), run: edit },
          { keys: 'F2', label: t('common.shortcuts.edit'), run: edit },
        ]
      : []),
    ...(props.actions ?? []).map(({ keys, label: does, run }) => ({
      keys,
      label: does,
      run: () => rows[active] !== undefined && run(rows[active]),
    })),
    ...(onCurrent ? [{ keys: 'space', label: t('common.shortcuts.peek'), run: peek }] : []),
  ]);
  const walkCells = (event: KeyboardEvent, by: number) => {
    const cells = [
      ...((event.target as Element).closest('[role=row]')?.querySelectorAll('[role=cell][data-column]') ?? []),
    ];
    const at = cells.findIndex((candidate) => candidate.contains(event.target as Node));
    const next = cells[at + by];
    if (!(next instanceof HTMLElement)) return false;
    next.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    (next.querySelector<HTMLElement>('[data-row-link]') ?? next).focus();
    return true;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Keys of menus and pickers reach here by way of React, though they stand elsewhere in the document.
    if (!event.currentTarget.contains(event.target as Node) || event.defaultPrevented) return;
    if (event.key === 'ArrowDown') go(active + 1);
    else if (event.key === 'ArrowUp') go(active - 1);
    else if (event.key === 'ArrowRight' && walkCells(event, 1)) setActive(active);
    else if (event.key === 'ArrowLeft' && walkCells(event, -1)) setActive(active);
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
      // Rows read their columns from here: resizing one renders none of them again.
      style={{ '--columns': grid.template } as CSSProperties}
      role="table"
      aria-label={label}
      aria-busy={isLoading}
      aria-rowcount={hasMore ? -1 : rows.length + 1}
      aria-colcount={columns.length}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      {!asCards && (
        <HeadRow
          columns={columns}
          minWidth={grid.minWidth}
          ordering={ordering}
          onSort={sort}
          onOrdering={onOrdering}
          selection={selection}
          arranging={props.arranging}
        />
      )}
      <div
        className={classes.rows}
        role="rowgroup"
        style={{ height: virtual.getTotalSize(), minWidth: asCards ? undefined : grid.minWidth }}
      >
        {placed.map(({ item: { index, start, size }, slot }) => {
          const row = rows[index];
          const shared = { index, start, height: size, active: index === active, onActive: enter };
          if (card) return <CardRow key={slot} {...shared} row={row} card={card} />;
          const id = row === undefined ? undefined : rowId(row);
          return (
            <BodyRow
              key={slot}
              {...shared}
              row={row}
              id={id}
              name={row === undefined ? '' : props.rowName(row)}
              t={t}
              columns={columns}
              selectable={selectable}
              selected={id !== undefined && (selection?.has(id) ?? false)}
              current={id !== undefined && id === current}
              onToggle={selection?.toggle}
              editing={onEdit && editing}
              edited={cell !== undefined && cell.id === id ? cell.column : undefined}
              failures={id === undefined ? undefined : failures[id]}
              onPeek={onCurrent && showBeside}
            />
          );
        })}
      </div>
      {!asCards && foot && <FootRow columns={columns} minWidth={grid.minWidth} selectable={selectable} foot={foot} />}
    </div>
  );
}

/** The hands of all rows' editors; one object for as long as the columns stay. */
function useRowEditing<Row>(table: {
  columns: Column<Row>[];
  rows: Row[];
  rowId: (row: Row) => number;
  rowById: (id: number) => Row | undefined;
  open: (cell: Cell | undefined) => void;
  save: (cell: Cell, fact: Fact, value: unknown) => Promise<void>;
  cancel: (cell: Cell) => void;
  focus: (index: number, inside: string) => void;
}): RowEditing {
  const latest = useRef(table);
  useEffect(() => {
    latest.current = table;
  });
  return useMemo(() => {
    const back = ({ id, column }: Cell) => {
      const { rows, rowId, focus } = latest.current;
      const index = rows.findIndex((row) => rowId(row) === id);
      requestAnimationFrame(() => {
        // Unless the user has gone on elsewhere already.
        if (document.activeElement === document.body) focus(index, `[data-column="${CSS.escape(column)}"]`);
      });
    };
    return {
      onOpen: (cell) => latest.current.open(cell),
      onSave: (cell, fact, value) => {
        latest.current.save(cell, fact, value);
        back(cell);
      },
      onCancel: (cell) => {
        latest.current.cancel(cell);
        back(cell);
      },
      onTab: ({ id, column }, backwards) => {
        const { columns, rows, rowId, open } = latest.current;
        const at = rows.findIndex((row) => rowId(row) === id);
        const cells = (backwards ? [at - 1, at] : [at, at + 1]).flatMap((index) => {
          const row = rows[index];
          if (row === undefined) return [];
          return columns.filter((other) => other.fact?.(row)).map((other) => ({ id: rowId(row), column: other.id }));
        });
        const place = cells.findIndex((cell) => cell.id === id && cell.column === column);
        open(cells[place + (backwards ? -1 : 1)]);
      },
    };
  }, []);
}
