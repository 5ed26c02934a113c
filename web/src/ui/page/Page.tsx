import type { ReactNode } from 'react';
import classes from './Page.module.css';

/** A page that is read from top to bottom: its name, what can be done on it, and its parts. */
export function Page({
  title,
  lead,
  actions,
  wide,
  children,
}: {
  title: ReactNode;
  /** One sentence on what the page is for. */
  lead?: ReactNode;
  actions?: ReactNode;
  /** For tables, which need more than a column of text does. */
  wide?: boolean;
  children: ReactNode;
}) {
  return (
    <div className={classes.page} data-wide={wide || undefined}>
      <header className={classes.head}>
        <div>
          <h1 className={classes.title}>{title}</h1>
          {lead && <p className={classes.lead}>{lead}</p>}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page, under a heading of its own. */
export function PagePart({
  id,
  title,
  lead,
  actions,
  children,
}: {
  /** Of the heading, by which the part is named. */
  id: string;
  title: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={classes.part} aria-labelledby={id}>
      <header className={classes.head}>
        <div>
          <h2 id={id} className={classes.subtitle}>
            {title}
          </h2>
          {lead && <p className={classes.lead}>{lead}</p>}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </section>
  );
}
