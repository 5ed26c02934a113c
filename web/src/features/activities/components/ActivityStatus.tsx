import { useRecordFields } from '@/api/record-fields';
import classes from './Activity.module.css';

/** Where an activity stands, in a word. Plain markup: it may stand in a row of a table. */
export function ActivityStatus({ status }: { status: string }) {
  const { byName } = useRecordFields('activities');
  const label = byName.get('status')?.choices.find(({ value }) => value === status)?.label ?? status;
  return (
    <span className={classes.status} data-status={status}>
      {label}
    </span>
  );
}
