import type { TablerIcon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './RecordHead.module.css';

/** Who or what a record is, in a few words, and what can be done with it. */
export function RecordHead({
  back,
  present,
  icon: Icon,
  title,
  star,
  under,
  actions,
  children,
}: {
  /** The link to the list. */
  back: ReactNode;
  /** Who else is here. */
  present: ReactNode;
  icon: TablerIcon;
  title: string;
  star: ReactNode;
  /** Each child is a word or two below the title. */
  under: ReactNode;
  actions: ReactNode;
  /** What stands below all that. */
  children?: ReactNode;
}) {
  return (
    <header className={classes.head}>
      <div className={classes.top}>
        <span className={classes.back}>{back}</span>
        {present}
      </div>
      <div className={classes.main}>
        <span className={classes.type} aria-hidden>
          <Icon size={20} stroke={1.6} />
        </span>
        <div className={classes.who}>
          <div className={classes.name}>
            <h1 className={classes.title}>{title}</h1>
            {star}
          </div>
          <div className={classes.under}>{under}</div>
        </div>
        <div className={classes.actions}>{actions}</div>
      </div>
      {children}
    </header>
  );
}
