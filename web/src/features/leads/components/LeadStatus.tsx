import { useRecordFields } from '@/api/record-fields';
import classes from './Lead.module.css';

/** Where a lead stands, in a word. Plain markup: it may stand in a row of a table. */
export function LeadStatus({ status }: { status: string }) {
  const { byName } = useRecordFields('leads');
  const label = byName.get('status')?.choices.find(({ value }) => value === status)?.label ?? status;
  return (
    <span className={classes.status} data-status={status}>
      {label}
    </span>
  );
}
