import type { Activity } from '@/api/types';
import { businessDay } from '@/lib/dates';

type Timed = Pick<Activity, 'due_date' | 'status'> & { is_all_day: boolean | null };

/** Is there nothing left to do? */
export const isClosed = ({ status }: Pick<Activity, 'status'>) => status === 'completed' || status === 'cancelled';

/** How an activity stands to now: `late` once its time, or the day of one without a time, has passed. */
export function dueState(activity: Timed, now = new Date()): 'late' | 'today' | 'later' | 'over' {
  if (isClosed(activity) || !activity.due_date) return 'over';
  const today = businessDay(now);
  const day = businessDay(activity.due_date);
  if (day < today) return 'late';
  if (day > today) return 'later';
  return !activity.is_all_day && new Date(activity.due_date) < now ? 'late' : 'today';
}
