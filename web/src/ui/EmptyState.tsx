import type { TablerIcon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './State.module.css';

/** Says that there is nothing, why, and what to do about it. */
export function EmptyState({
  icon: Icon,
  title,
  text,
  heading: Heading = 'h2',
  children,
}: {
  icon: TablerIcon;
  title: string;
  text?: string;
  heading?: 'h1' | 'h2';
  children?: ReactNode;
}) {
  return (
    <div className={classes.state}>
      <Icon size={30} stroke={1.3} aria-hidden />
      <Heading className={classes.title}>{title}</Heading>
      {text && <p className={classes.text}>{text}</p>}
      {children && <div className={classes.actions}>{children}</div>}
    </div>
  );
}
