import type { CSSProperties } from 'react';
import classes from './ShareBar.module.css';

/** A part of a whole. */
export interface Share {
  id: string;
  name: string;
  value: number;
}

/** How a whole divides, as one bar. It stands beside the figures that say the same, and is left out for who does not see it. */
export function ShareBar({ shares }: { shares: Share[] }) {
  const whole = shares.reduce((sum, { value }) => sum + value, 0);
  return (
    <span className={classes.bar} aria-hidden>
      {whole > 0 &&
        shares.map(({ id, name, value }, place) => (
          <i key={id} title={name} data-place={place} style={{ '--part': value / whole } as CSSProperties} />
        ))}
    </span>
  );
}

/** What the colours of bars beside it stand for. */
export function ShareLegend({ names }: { names: string[] }) {
  return (
    <p className={classes.legend} aria-hidden>
      {names.map((name, place) => (
        <span key={name}>
          <i data-place={place} />
          {name}
        </span>
      ))}
    </p>
  );
}
