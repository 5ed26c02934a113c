import { IconArrowDown, IconArrowUp, IconGripVertical } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { movedTo } from './order';
import classes from './SortableList.module.css';

/**
 * A list whose order somebody decides: by dragging a line at its grip, by its arrows, or by Alt and an arrow key anywhere in the line. The
 * order is told once it is settled, and said aloud.
 */
export function SortableList<Item>({
  label,
  items,
  idOf,
  nameOf,
  onOrder,
  children,
}: {
  label: string;
  items: Item[];
  idOf: (item: Item) => string | number;
  /** What the line is called where it is not seen. */
  nameOf: (item: Item) => string;
  /** Absent where the order may not be changed. */
  onOrder?: (items: Item[]) => void;
  children: (item: Item, place: number) => ReactNode;
}) {
  const { t } = useTranslation();
  const list = useRef<HTMLOListElement>(null);
  const [said, say] = useState('');
  /** While a line is dragged: it, and the order it would have. */
  const [drag, setDrag] = useState<{ id: string | number; order: Item[] }>();
  const shown = drag?.order ?? items;

  const settle = (order: Item[], moved: Item) => {
    if (order === items) return;
    onOrder?.(order);
    say(t('common.order.moved', { name: nameOf(moved), place: order.indexOf(moved) + 1, total: order.length }));
  };
  const move = (place: number, by: -1 | 1) => {
    const item = items[place];
    if (item === undefined) return;
    settle(movedTo(items, place, place + by), item);
    // What was pressed moves along with its line.
    const held = document.activeElement instanceof HTMLElement ? document.activeElement : undefined;
    requestAnimationFrame(() => held?.focus());
  };
  const onKeyDown = (event: KeyboardEvent, place: number) => {
    if (!onOrder || !event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    move(place, event.key === 'ArrowUp' ? -1 : 1);
  };

  return (
    <>
      <ol ref={list} className={classes.list} aria-label={label}>
        {shown.map((item, place) => {
          const id = idOf(item);
          return (
            <li
              key={id}
              className={classes.line}
              data-dragged={drag?.id === id || undefined}
              onKeyDown={(event) => onKeyDown(event, place)}
              onDragOver={(event) => {
                if (!drag) return;
                event.preventDefault();
                const from = drag.order.findIndex((other) => idOf(other) === drag.id);
                if (from !== place) setDrag({ ...drag, order: movedTo(drag.order, from, place) });
              }}
              onDrop={(event) => {
                if (!drag) return;
                event.preventDefault();
                const dragged = items.find((other) => idOf(other) === drag.id);
                const isMoved = drag.order.some((other, at) => other !== items[at]);
                setDrag(undefined);
                if (dragged !== undefined && isMoved) settle(drag.order, dragged);
              }}
            >
              {onOrder && (
                <span
                  className={classes.grip}
                  aria-hidden
                  draggable
                  onDragStart={({ currentTarget, dataTransfer }) => {
                    dataTransfer.effectAllowed = 'move';
                    dataTransfer.setData('text/plain', String(id));
                    if (currentTarget.parentElement) dataTransfer.setDragImage(currentTarget.parentElement, 8, 16);
                    setDrag({ id, order: items });
                  }}
                  onDragEnd={() => setDrag(undefined)}
                >
                  <IconGripVertical size={15} />
                </span>
              )}
              <div className={classes.body}>{children(item, place)}</div>
              {onOrder && (
                <span className={classes.arrows}>
                  {([-1, 1] as const).map((by) => (
                    <button
                      key={by}
                      type="button"
                      className={classes.arrow}
                      aria-disabled={place + by < 0 || place + by >= shown.length}
                      aria-label={t(by < 0 ? 'common.order.up' : 'common.order.down', { name: nameOf(item) })}
                      onClick={() => move(place, by)}
                    >
                      {by < 0 ? <IconArrowUp size={15} aria-hidden /> : <IconArrowDown size={15} aria-hidden />}
                    </button>
                  ))}
                </span>
              )}
            </li>
          );
        })}
      </ol>
      <div className="visually-hidden" aria-live="polite">
        {said}
      </div>
    </>
  );
}
