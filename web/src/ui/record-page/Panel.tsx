import { type ReactNode, useId } from 'react';
import classes from './Panel.module.css';

/** One subject in the third column of a record's page, under a heading of its own. */
export function Panel({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className={classes.panel} aria-labelledby={id}>
      <header className={classes.head}>
        <h3 className={classes.title} id={id}>
          {title}
        </h3>
        {actions}
      </header>
      {children}
    </section>
  );
}
