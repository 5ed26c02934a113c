import { Link } from '@tanstack/react-router';
import type { CSSProperties, KeyboardEvent, PointerEvent } from 'react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { CalendarItem } from '@/api/types';
import { formatDate } from '@/lib/dates';
import { useLanguage } from '@/ui/use-language';
import { activityIcons } from '../icons';
import { useActivityTypes } from '../types';
import classes from './Calendar.module.css';

/** An activity in the calendar: its time, what it is, with whom; a link to its page. */
export function Item({
  item,
  style,
  isWhole = false,
  isShort = false,
  isDragged = false,
  hasClash = false,
  onGrab,
  onKeyDown,
}: {
  item: CalendarItem;
  style?: CSSProperties;
  /** It stands at the head of the day. */
  isWhole?: boolean;
  /** There is room for one line. */
  isShort?: boolean;
  isDragged?: boolean;
  /** Somebody of it has something else then. */
  hasClash?: boolean;
  onGrab?: (event: PointerEvent, kind: 'move' | 'resize') => void;
  onKeyDown?: (event: KeyboardEvent) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { find, labelOf } = useActivityTypes();
  const from = useRef({ x: 0, y: 0 });
  const Icon = activityIcons[find(item.activity_type)?.icon ?? ''];
  const time = `${formatDate(item.start, 'time', language)}–${formatDate(item.end, 'time', language)}`;
  const closed = item.status === 'completed' || item.status === 'cancelled';
  // What is to be seen comes first, in its order: voices and eyes are told the same.
  const said = [
    [item.subject, isWhole ? t('activities.calendar.all_day') : time].join(' '),
    labelOf(item.activity_type),
    item.customer_name,
    item.assigned_to_name,
  ];
  return (
    <div
      className={classes.item}
      style={style}
      data-type={item.activity_type}
      data-closed={closed || undefined}
      data-dragged={isDragged || undefined}
      data-clash={hasClash || undefined}
      data-whole={isWhole || undefined}
      onPointerDown={(event) => {
        from.current = { x: event.clientX, y: event.clientY };
        onGrab?.(event, 'move');
      }}
    >
      <Link
        to="/activities/$activityId"
        params={{ activityId: item.id }}
        className={classes.link}
        draggable={false}
        aria-label={said.filter(Boolean).join(', ')}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          // The end of a drag is no click.
          const moved = Math.abs(event.clientX - from.current.x) + Math.abs(event.clientY - from.current.y);
          if (event.detail > 0 && onGrab && moved > 5) event.preventDefault();
        }}
      >
        <span className={classes.subject}>
          {Icon && <Icon size={12} aria-hidden />} {item.subject}
        </span>{' '}
        {!isWhole && !isShort && <span className={classes.time}>{time}</span>}
        {hasClash && <span className={classes.clash}>{t('activities.calendar.clash')}</span>}
      </Link>
      {onGrab && !isWhole && (
        <span
          className={classes.grip}
          aria-hidden
          onPointerDown={(event) => {
            from.current = { x: event.clientX, y: event.clientY };
            onGrab(event, 'resize');
          }}
        />
      )}
    </div>
  );
}
