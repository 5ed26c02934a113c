import { useRouter } from '@tanstack/react-router';
import { type MouseEvent, type ReactNode, useRef } from 'react';

/** Who stays at a link for so long is likely to follow it. */
const INTENT_MS = 50;

interface Props {
  /** The page, as the address bar shows it. */
  to: string;
  className: string | undefined;
  inactive?: boolean;
  children: ReactNode;
}

/**
 * The link by which a row of a table is opened. The router's own `Link` watches the router, and reckons its address anew, in every row that
 * is scrolled into sight; a row needs no more than an anchor that the router follows.
 */
export function RowLink({ to, className, inactive, children }: Props) {
  const router = useRouter();
  const intent = useRef(0);
  const open = (event: MouseEvent) => {
    // A new tab, a new window, a download: the browser's.
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    router.history.push(to);
  };
  const prepare = () => {
    clearTimeout(intent.current);
    // The address of a record is a path like those of the routes, which is all that the type knows.
    intent.current = window.setTimeout(() => router.preloadRoute({ to: to as '/' }).catch(() => {}), INTENT_MS);
  };
  const forget = () => clearTimeout(intent.current);
  return (
    <a
      href={to}
      className={className}
      data-row-link
      data-inactive={inactive || undefined}
      onClick={open}
      onMouseEnter={prepare}
      onMouseLeave={forget}
      onFocus={prepare}
      onBlur={forget}
      onTouchStart={prepare}
    >
      {children}
    </a>
  );
}
