import type { Activity } from '@/api/types';
import { When } from '@/ui/When';
import { dueState } from '../due';
import classes from './Activity.module.css';

/** When an activity is due; what is late or due today stands out. */
export function Due({ activity }: { activity: Pick<Activity, 'due_date' | 'status' | 'is_all_day'> }) {
  if (!activity.due_date) return null;
  return (
    <span className={classes.due} data-state={dueState(activity)}>
      <When at={activity.due_date} style={activity.is_all_day ? 'date' : 'date-time'} />
    </span>
  );
}
