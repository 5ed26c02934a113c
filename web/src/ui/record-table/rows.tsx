import { memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from './column';
import classes from './RecordTable.module.css';

interface Shared {
  index: number;
  start: number;
  height: number;
  active: boolean;
  onActive: (index: number) => void;
}

interface BodyProps<Row> extends Shared {
  row: Row | undefined;
  id: number | undefined;
  name: string;
  columns: Column<Row>[];
  template: string;
  selectable: boolean;
  selected: boolean;
  onToggle?: (id: number) => void;
}

const placed = ({ start, height }: Shared) => ({ transform: `translateY(${start}px)`, height });

/** A row of a `RecordTable`; bones while its record is on the way. */
export const BodyRow = memo(function BodyRow<Row>(props: BodyProps<Row>) {
  const { row, id, name, columns, template, selectable, selected, index, active, onActive, onToggle } = props;
  const { t } = useTranslation();
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selectable ? selected : undefined}
      data-index={index}
      data-active={active || undefined}
      className={classes.row}
      style={{ ...placed(props), gridTemplateColumns: template }}
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
      {columns.map((column) => (
        <div
          key={column.id}
          role="cell"
          className={column.align === 'end' ? `${classes.cell} ${classes.end}` : classes.cell}
        >
          {row === undefined ? <div className={classes.bone} /> : column.cell(row)}
        </div>
      ))}
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
