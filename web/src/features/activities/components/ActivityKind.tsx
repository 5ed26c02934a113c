import { IconCheckbox } from '@tabler/icons-react';
import { activityIcons } from '../icons';
import { useActivityTypes } from '../types';
import classes from './Activity.module.css';

/** The type of an activity: its icon and what it is called. Plain markup: it may stand in a row of a table. */
export function ActivityKind({ type, bare = false }: { type: string; bare?: boolean }) {
  const { find, labelOf } = useActivityTypes();
  const Icon = activityIcons[find(type)?.icon ?? ''] ?? IconCheckbox;
  const label = labelOf(type);
  return (
    <span className={classes.type} title={bare ? label : undefined}>
      <Icon size={15} stroke={1.7} aria-label={bare ? label : undefined} aria-hidden={!bare} />
      {!bare && label}
    </span>
  );
}
