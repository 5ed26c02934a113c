import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { type Column, MAX_WIDTH, MIN_WIDTH } from './column';
import classes from './RecordTable.module.css';

const STEP = 16;
const within = (width: number) => Math.round(Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, width)));

/** The edge of a header: drag it, or use the arrow keys; a double click gives the column its own width back. */
export function ResizeHandle<Row>({
  column,
  onResize,
}: {
  column: Column<Row>;
  onResize: (column: string, width: number | undefined) => void;
}) {
  const { t } = useTranslation();
  const begun = useRef<{ x: number; width: number } | undefined>(undefined);
  const widthNow = (handle: Element) => handle.parentElement?.getBoundingClientRect().width ?? column.width;

  const onPointerDown = (event: PointerEvent) => {
    event.preventDefault();
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    begun.current = { x: event.clientX, width: widthNow(event.currentTarget) };
  };
  const onPointerMove = (event: PointerEvent) => {
    if (begun.current) onResize(column.id, within(begun.current.width + event.clientX - begun.current.x));
  };
  const onPointerUp = () => {
    begun.current = undefined;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? STEP : event.key === 'ArrowLeft' ? -STEP : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    onResize(column.id, within(widthNow(event.currentTarget) + by));
  };

  return (
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t('common.columns.width', { name: column.header })}
      aria-valuenow={Math.round(column.width)}
      aria-valuemin={MIN_WIDTH}
      aria-valuemax={MAX_WIDTH}
      className={classes.resize}
      draggable
      onDragStart={(event) => {
        // The edge is not the header: pulling at it does not move the column.
        event.preventDefault();
        event.stopPropagation();
      }}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
      onDoubleClick={() => onResize(column.id, undefined)}
      onKeyDown={onKeyDown}
    />
  );
}
