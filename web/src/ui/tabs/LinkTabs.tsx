import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import classes from './LinkTabs.module.css';

/** A tab that is an address of its own. */
export interface LinkTab {
  id: string | number;
  label: ReactNode;
  to: NonNullable<LinkProps['to']>;
  search?: Record<string, unknown>;
}

/** Parts of a page as tabs that are links: each can be opened in another window, and the way back leads through them. */
export function LinkTabs({ label, tabs, current }: { label: string; tabs: LinkTab[]; current: LinkTab['id'] }) {
  return (
    <nav aria-label={label}>
      <ul className={classes.tabs}>
        {tabs.map((tab) => (
          <li key={tab.id}>
            <Link
              to={tab.to}
              search={(tab.search ?? {}) as never}
              className={classes.tab}
              // By itself a link is current also where its search is but a part.
              activeOptions={{ exact: true }}
              aria-current={tab.id === current ? 'page' : undefined}
            >
              {tab.label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
