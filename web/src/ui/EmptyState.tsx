import type { TablerIcon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './State.module.css';

/** Says that there is nothing, why, and what to do about it. */
export function EmptyState({
  icon: Icon,
  title,
  text,
  children,
}: {
  icon: TablerIcon;
  title: string;
  text?: string;
  children?: ReactNode;
}) {
  return (
    <div className={classes.state}>
      <Icon size={30} stroke={1.3} aria-hidden />
      <h2 className={classes.title}>{title}</h2>
      {text && <p className={classes.text}>{text}</p>}
      {children && <div className={classes.actions}>{children}</div>}
    </div>
  );
}
