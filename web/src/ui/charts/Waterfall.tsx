import type { CSSProperties, ReactNode } from 'react';
import classes from './Waterfall.module.css';

/** Something that adds to a sum, or takes from it. */
export interface Step {
  id: string;
  name: string;
  /** Said below the name. */
  note?: ReactNode;
  value: number;
  /** The value in the reader's manner. */
  said: string;
}

/** How a sum comes about: each bar begins where the one before it ended, the last one is what they come to. */
export function Waterfall({ label, steps, total }: { label: string; steps: Step[]; total: Step }) {
  let sum = 0;
  const ends = steps.map(({ value }) => (sum += value));
  const low = Math.min(0, total.value, ...ends);
  const width = Math.max(0, total.value, ...ends) - low || 1;
  const bar = (from: number, to: number) =>
    ({ '--from': (Math.min(from, to) - low) / width, '--part': Math.abs(to - from) / width }) as CSSProperties;
  const row = (step: Step, from: number, to: number, isTotal = false) => (
    <li key={step.id} data-total={isTotal || undefined}>
      <span className={classes.name}>{step.name}</span>
      <span className={classes.said}>{step.said}</span>
      <span className={classes.track} aria-hidden>
        <i data-sign={isTotal ? 0 : Math.sign(to - from)} style={bar(from, to)} />
      </span>
      {step.note && <small className={classes.note}>{step.note}</small>}
    </li>
  );
  return (
    <ul className={classes.steps} aria-label={label}>
      {steps.map((step, place) => row(step, ends[place - 1] ?? 0, ends[place] ?? 0))}
      {row(total, 0, total.value, true)}
    </ul>
  );
}
