import { IconAlertCircle, IconLayoutSidebarRight } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { lazy, memo, type ReactNode, Suspense } from 'react';
import type { Fact } from '../facts/fact';
import type { Column } from './column';
import type { Cell, Failures } from './editing';
import classes from './RecordTable.module.css';

const CellEditor = lazy(() => import('./CellEditor'));

interface Shared {
  index: number;
  start: number;
  height: number;
  active: boolean;
  onActive: (index: number) => void;
}

/** What a row needs to be edited; the same object for all rows. */
export interface RowEditing {
  onOpen: (cell: Cell) => void;
  onSave: (cell: Cell, fact: Fact, value: unknown) => void;
  onCancel: (cell: Cell) => void;
  onTab: (cell: Cell, back: boolean) => void;
}

interface BodyProps<Row> extends Shared {
  row: Row | undefined;
  id: number | undefined;
  name: string;
  /** Asked for once by the table instead of by each row. */
  t: TFunction;
  columns: Column<Row>[];
  selectable: boolean;
  selected: boolean;
  current: boolean;
  onToggle?: (id: number) => void;
  editing?: RowEditing;
  /** The column whose cell is being edited now. */
  edited?: string;
  failures?: Failures;
  /** Shows the record beside the table. */
  onPeek?: (id: number) => void;
}

const placed = ({ start, height }: Shared) => ({ transform: `translateY(${start}px)`, height });

/** A row of a `RecordTable`; bones while its record is on the way. */
export const BodyRow = memo(function BodyRow<Row>(props: BodyProps<Row>) {
  const { row, id, name, t, columns, selectable, selected, index, active, current, onActive, onToggle, editing } =
    props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selectable ? selected : undefined}
      data-index={index}
      data-active={active || undefined}
      data-current={current || undefined}
      data-editing={props.edited !== undefined || undefined}
      className={classes.row}
      style={placed(props)}
      onFocus={() => onActive(index)}
    >
      {selectable && (
        <div role="cell" className={classes.check}>
          {id !== undefined && (
            <input
              type="checkbox"
              tabIndex={-1}
              checked={selected}
              aria-label={t('common.selection.row', { name })}
              onChange={() => onToggle?.(id)}
            />
          )}
        </div>
      )}
      {columns.map((column, at) => {
        const fact = row !== undefined && editing ? column.fact?.(row) : undefined;
        const cell = { id: id ?? 0, column: column.id };
        const failure = props.failures?.[column.id];
        return (
          <div
            key={column.id}
            role="cell"
            tabIndex={-1}
            data-column={column.id}
            data-editable={fact !== undefined || undefined}
            data-failed={failure !== undefined || undefined}
            title={failure?.error}
            className={column.align === 'end' ? `${classes.cell} ${classes.end}` : classes.cell}
            onDoubleClick={fact && (() => editing?.onOpen(cell))}
          >
            {row === undefined ? <div className={classes.bone} /> : column.cell(row)}
            {failure && <IconAlertCircle size={14} className={classes.failed} aria-label={failure.error} />}
            {at === 0 && id !== undefined && props.onPeek && (
              <button
                type="button"
                tabIndex={-1}
                className={classes.peek}
                aria-label={t('common.peek', { name })}
                title={t('common.shortcuts.peek')}
                onClick={() => props.onPeek?.(id)}
              >
                <IconLayoutSidebarRight size={15} aria-hidden />
              </button>
            )}
            {fact && editing && props.edited === column.id && (
              <Suspense>
                <CellEditor
                  key={failure?.error}
                  fact={fact}
                  failure={failure}
                  onSave={(value) => editing.onSave(cell, fact, value)}
                  onCancel={() => editing.onCancel(cell)}
                  onTab={(back) => editing.onTab(cell, back)}
                />
              </Suspense>
            )}
          </div>
        );
      })}
    </div>
  );
}) as <Row>(props: BodyProps<Row>) => ReactNode;

interface CardProps<Row> extends Shared {
  row: Row | undefined;
  card: (row: Row) => ReactNode;
}

/** A record as a card, for narrow screens. */
export const CardRow = memo(function CardRow<Row>(props: CardProps<Row>) {
  const { row, card, index, active, onActive } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      data-index={index}
      data-active={active || undefined}
      className={classes.card}
      style={placed(props)}
      onFocus={() => onActive(index)}
    >
      <div role="cell">
        {row === undefined ? (
          <>
            <div className={classes.bone} />
            <div className={classes.bone} />
          </>
        ) : (
          card(row)
        )}
      </div>
    </div>
  );
}) as <Row>(props: CardProps<Row>) => ReactNode;
