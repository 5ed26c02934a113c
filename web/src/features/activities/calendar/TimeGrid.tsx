import { type KeyboardEvent, type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CalendarHoliday, CalendarItem } from '@/api/types';
import { addDays, businessDay, formatDate } from '@/lib/dates';
import { useLanguage } from '@/ui/use-language';
import classes from './Calendar.module.css';
import { clashes, DAY, isOn, isWhole, minuteOf, minutesOf, momentAt, type Placed, placed, STEP, snapped } from './grid';
import { Item } from './Item';

/** A column: a day, and in the view of a team the person whose day it is. */
export interface Column {
  key: string;
  day: string;
  label: string;
  person?: number;
}

/** Pixels of an hour. */
const HOUR = 48;
const px = (minute: number) => (minute * HOUR) / 60;
/** Where the day is looked at first. */
const MORNING = 8;
const WORK = [9, 18] as const;

type Drag =
  | { kind: 'make'; column: Column; from: number; to: number }
  | { kind: 'move' | 'resize'; item: CalendarItem; grabbed: number; at: CalendarItem; isMoved: boolean };

/** Days, or people, beside each other by the hour. What stands in it is dragged, or moved by the arrow keys. */
export function TimeGrid({
  columns,
  items,
  holidays,
  mayWrite,
  onMake,
  onMove,
}: {
  columns: Column[];
  items: CalendarItem[];
  holidays: CalendarHoliday[];
  mayWrite: boolean;
  onMake: (at: { due: string; duration?: number; isAllDay?: boolean }, person?: number) => void;
  onMove: (item: CalendarItem) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const body = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Drag>();
  useLayoutEffect(() => {
    if (body.current) body.current.scrollTop = px(MORNING * 60);
  }, []);
  const ofColumn = ({ person }: Column) =>
    person === undefined
      ? items
      : items.filter(({ assigned_to, attendees }) => assigned_to === person || attendees.includes(person));

  /** Where the pointer is: the column, and the minute of its day. */
  const under = (event: PointerEvent): { column: Column; minute: number } | undefined => {
    const cells = [...(body.current?.querySelectorAll<HTMLElement>('[data-column]') ?? [])];
    const index = cells.findIndex((cell) => {
      const { left, right } = cell.getBoundingClientRect();
      return event.clientX >= left && event.clientX < right;
    });
    const [cell, column] = [cells[index], columns[index]];
    if (!cell || !column) return undefined;
    const minute = ((event.clientY - cell.getBoundingClientRect().top) * 60) / HOUR;
    return { column, minute: Math.min(Math.max(minute, 0), DAY) };
  };

  const begin = (event: PointerEvent, column: Column) => {
    if (!mayWrite || event.button !== 0 || event.pointerType === 'touch' || event.target !== event.currentTarget)
      return;
    const at = under(event);
    if (!at) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const from = Math.floor(at.minute / STEP) * STEP;
    setDrag({ kind: 'make', column, from, to: from });
  };
  const grab = (event: PointerEvent, item: CalendarItem, kind: 'move' | 'resize') => {
    if (!mayWrite || event.button !== 0 || event.pointerType === 'touch') return;
    const at = under(event);
    if (!at) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ kind, item, grabbed: at.minute - minuteOf(item.start), at: item, isMoved: false });
  };
  const go = (event: PointerEvent) => {
    const at = drag && under(event);
    if (!drag || !at) return;
    if (drag.kind === 'make') {
      setDrag({ ...drag, to: snapped(at.minute) });
      return;
    }
    const { item } = drag;
    const start = drag.kind === 'move' ? Math.max(0, snapped(at.minute - drag.grabbed)) : minuteOf(item.start);
    const takes = drag.kind === 'move' ? minutesOf(item) : Math.max(STEP, snapped(at.minute) - minuteOf(item.start));
    const day = drag.kind === 'move' ? at.column.day : businessDay(item.start);
    const to = { ...item, start: momentAt(day, start), end: momentAt(day, start + takes) };
    const isMoved = drag.isMoved || Date.parse(to.start) !== Date.parse(item.start) || takes !== minutesOf(item);
    setDrag({ ...drag, at: to, isMoved });
  };
  const end = () => {
    if (!drag) return;
    setDrag(undefined);
    if (drag.kind === 'make') {
      const [from, to] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
      const made = { due: momentAt(drag.column.day, from), ...(to > from && { duration: to - from }) };
      onMake(made, drag.column.person);
    } else if (drag.isMoved) {
      onMove(drag.at);
    }
  };
  useEffect(() => {
    if (!drag) return;
    const stop = (event: globalThis.KeyboardEvent) => event.key === 'Escape' && setDrag(undefined);
    window.addEventListener('keydown', stop);
    return () => window.removeEventListener('keydown', stop);
  }, [drag]);

  /** The arrow keys move what has the focus; with Shift they change how long it takes. */
  const press = (event: KeyboardEvent, item: CalendarItem) => {
    const by = { ArrowUp: -STEP, ArrowDown: STEP }[event.key] ?? 0;
    const days = { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0;
    if (!mayWrite || (!by && !days) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const takes = minutesOf(item);
    const longer = event.shiftKey ? Math.max(STEP, takes + by) : takes;
    const shift = event.shiftKey ? 0 : by;
    const day = addDays(businessDay(item.start), event.shiftKey ? 0 : days);
    const start = minuteOf(item.start) + shift;
    onMove({ ...item, start: momentAt(day, start), end: momentAt(day, start + longer) });
  };

  const today = businessDay(new Date());
  const dragged = drag && drag.kind !== 'make' && drag.isMoved ? drag.at : undefined;
  const shown = dragged ? items.map((item) => (item.id === dragged.id ? dragged : item)) : items;
  const whole = columns.map((column) => ofColumn(column).filter((item) => isWhole(item) && isOn(item, column.day)));
  const template = { gridTemplateColumns: `52px repeat(${columns.length}, minmax(var(--column-least), 1fr))` };
  return (
    <div className={classes.scroller} ref={body}>
      <div className={classes.days} style={template}>
        <span className={classes.corner} />
        {columns.map(({ key, day, label, person }, index) => {
          const holiday = holidays.find((one) => one.day === day);
          return (
            <div
              key={key}
              className={classes.dayHead}
              data-today={(columns.length > 1 && person === undefined && day === today) || undefined}
            >
              <h2>{label}</h2>
              {holiday && (
                <span className={classes.holiday} title={holiday.name}>
                  {holiday.name}
                </span>
              )}
              <ul className={classes.whole}>
                {whole[index]?.map((item) => (
                  <li key={item.id}>
                    <Item item={item} isWhole />
                  </li>
                ))}
              </ul>
            </div>
          );
        })}
      </div>
      <div className={classes.hours} style={{ ...template, height: px(DAY) }}>
        <div className={classes.clock} aria-hidden>
          {Array.from({ length: 23 }, (_, index) => index + 1).map((hour) => (
            <span key={hour} style={{ top: px(hour * 60) }}>
              {String(hour).padStart(2, '0')}:00
            </span>
          ))}
        </div>
        {columns.map((column) => {
          const free = holidays.find((one) => one.day === column.day);
          const isWeekend = [0, 6].includes(new Date(`${column.day}T12:00:00Z`).getUTCDay());
          const mine = new Set(ofColumn(column).map(({ id }) => id));
          const those = dragged ? shown.filter(({ id }) => mine.has(id) || id === dragged.id) : ofColumn(column);
          return (
            <div
              key={column.key}
              className={classes.column}
              data-column={column.key}
              data-free={(free && !free.is_half_day) || isWeekend || undefined}
              style={{ '--work-from': `${px(WORK[0] * 60)}px`, '--work-to': `${px(WORK[1] * 60)}px` } as never}
              onPointerDown={(event) => begin(event, column)}
              onPointerMove={go}
              onPointerUp={end}
              onPointerCancel={() => setDrag(undefined)}
            >
              {column.day === today && <Now />}
              {placed(those, column.day).map((one) => (
                <Item
                  key={one.item.id}
                  item={one.item}
                  style={boxOf(one)}
                  isShort={one.height < 45}
                  isDragged={one.item.id === dragged?.id}
                  hasClash={one.item.id === dragged?.id && clashes(items, one.item)}
                  onKeyDown={(event) => press(event, one.item)}
                  {...(mayWrite && { onGrab: (event, kind) => grab(event, one.item, kind) })}
                />
              ))}
              {drag?.kind === 'make' && drag.column.key === column.key && drag.to !== drag.from && (
                <div
                  className={classes.making}
                  style={{ top: px(Math.min(drag.from, drag.to)), height: px(Math.abs(drag.to - drag.from)) }}
                >
                  {formatDate(momentAt(column.day, Math.min(drag.from, drag.to)), 'time', language)}
                </div>
              )}
            </div>
          );
        })}
      </div>
      <p className="visually-hidden">{t('activities.calendar.keys')}</p>
    </div>
  );
}

const boxOf = ({ top, height, lane, lanes }: Placed) => ({
  top: px(top),
  height: px(height) - 2,
  left: `calc(${(lane / lanes) * 100}% + 2px)`,
  width: `calc(${100 / lanes}% - 5px)`,
});

/** The line of the present moment. */
function Now() {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return <div className={classes.now} style={{ top: px(minuteOf(now.toISOString())) }} aria-hidden />;
}
