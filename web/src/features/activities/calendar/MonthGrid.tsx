import { useTranslation } from 'react-i18next';
import type { CalendarHoliday, CalendarItem } from '@/api/types';
import { businessDay, formatDate } from '@/lib/dates';
import { intlLocale } from '@/lib/language';
import { useLanguage } from '@/ui/use-language';
import classes from './Calendar.module.css';
import { isOn } from './grid';
import { Item } from './Item';

/** So many of a day are shown; the rest is a click away. */
const SHOWN = 3;

/** A month by its weeks. */
export function MonthGrid({
  days,
  month,
  items,
  holidays,
  onDay,
}: {
  days: string[];
  /** `2026-11` */
  month: string;
  items: CalendarItem[];
  holidays: CalendarHoliday[];
  /** Opens a day. */
  onDay: (day: string) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const today = businessDay(new Date());
  const weekday = new Intl.DateTimeFormat(intlLocale(language), { weekday: 'short', timeZone: 'UTC' });
  return (
    <div className={classes.month}>
      {days.slice(0, 7).map((day) => (
        <span key={day} className={classes.weekday}>
          {weekday.format(new Date(`${day}T12:00:00Z`))}
        </span>
      ))}
      {days.map((day) => {
        const those = items.filter((item) => isOn(item, day));
        const holiday = holidays.find((one) => one.day === day);
        return (
          <section
            key={day}
            className={classes.cell}
            data-other={!day.startsWith(month) || undefined}
            data-today={day === today || undefined}
            data-free={holiday && !holiday.is_half_day ? true : undefined}
            aria-label={formatDate(day, 'day', language)}
          >
            <header>
              <button
                type="button"
                className={classes.number}
                onClick={() => onDay(day)}
                aria-label={t('activities.calendar.open', { day: formatDate(day, 'day', language) })}
              >
                {Number(day.slice(8))}
              </button>
              {holiday && (
                <span className={classes.holiday} title={holiday.name}>
                  {holiday.name}
                </span>
              )}
            </header>
            <ul>
              {those.slice(0, those.length > SHOWN + 1 ? SHOWN : SHOWN + 1).map((item) => (
                <li key={item.id}>
                  <Item item={item} isWhole={item.is_all_day} />
                </li>
              ))}
            </ul>
            {those.length > SHOWN + 1 && (
              <button type="button" className={classes.more} onClick={() => onDay(day)}>
                {t('activities.calendar.more', { count: those.length - SHOWN })}
              </button>
            )}
          </section>
        );
      })}
    </div>
  );
}
