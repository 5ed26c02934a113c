import { IconCalendarOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { CalendarHoliday, CalendarItem } from '@/api/types';
import { businessDay, formatDate } from '@/lib/dates';
import { EmptyState } from '@/ui/EmptyState';
import { useLanguage } from '@/ui/use-language';
import { ActivityKind } from '../components/ActivityKind';
import classes from './Calendar.module.css';
import { isOn } from './grid';

/** What is to come, day by day. */
export function Agenda({
  days,
  items,
  holidays,
}: {
  days: string[];
  items: CalendarItem[];
  holidays: CalendarHoliday[];
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const today = businessDay(new Date());
  const full = days
    .map((day) => ({
      day,
      holiday: holidays.find((one) => one.day === day),
      those: items.filter((item) => isOn(item, day)),
    }))
    .filter(({ those, holiday }) => those.length > 0 || holiday);
  if (full.length === 0)
    return (
      <EmptyState icon={IconCalendarOff} title={t('activities.calendar.nothing')} text={t('activities.none_text')} />
    );
  return (
    <div className={classes.agenda}>
      {full.map(({ day, holiday, those }) => (
        <section key={day}>
          <h2 data-today={day === today || undefined}>
            {formatDate(day, 'day', language)} {holiday && <span className={classes.holiday}>{holiday.name}</span>}
          </h2>
          <ul>
            {those.map((item) => (
              <li key={item.id}>
                <span className={classes.agendaTime}>
                  {item.is_all_day ? t('activities.calendar.all_day') : formatDate(item.start, 'time', language)}
                </span>
                <ActivityKind type={item.activity_type} bare />
                <Link
                  to="/activities/$activityId"
                  params={{ activityId: item.id }}
                  data-closed={item.status === 'completed' || item.status === 'cancelled' || undefined}
                >
                  {item.subject}
                </Link>
                <span className={classes.dim}>
                  {[item.customer_name, item.location, item.assigned_to_name].filter(Boolean).join(' · ')}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
