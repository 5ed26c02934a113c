import { Anchor, Checkbox } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './CandidatesBox.module.css';

/**
 * Who may be there already. Stands below what is being typed, so that nothing moves under the hands, and is told once, politely. Where one
 * has to say that one means it, it asks.
 */
export function CandidatesBox({
  title,
  said,
  hidden,
  meant,
  children,
}: {
  title: string;
  /** What a screen reader is told: how many there are. */
  said: string;
  /** How many there are that the reader may not see, in words. */
  hidden: string | undefined;
  /** Asks for an explicit word. */
  meant: { label: string; isMeant: boolean; onMeant: (isMeant: boolean) => void } | undefined;
  /** One `li` for each. */
  children: ReactNode;
}) {
  return (
    <>
      <div className="visually-hidden" role="status">
        {said}
      </div>
      {said && (
        <section className={classes.candidates} aria-labelledby="candidates">
          <h3 id="candidates">{title}</h3>
          <ul>{children}</ul>
          {hidden && <p className={classes.dim}>{hidden}</p>}
          {meant && (
            <Checkbox
              mt="xs"
              label={meant.label}
              checked={meant.isMeant}
              onChange={(event) => meant.onMeant(event.currentTarget.checked)}
            />
          )}
        </section>
      )}
    </>
  );
}

/** One who may be there already: a link that opens beside what is being typed, and lines of what is known. */
export function Candidate({
  href,
  name,
  mark,
  lines,
}: {
  href: string;
  name: string;
  mark?: ReactNode;
  lines: (string | null | undefined | false)[][];
}) {
  const { t } = useTranslation();
  return (
    <li>
      <Anchor href={href} target="_blank" rel="noreferrer" fw={500}>
        {name}
        <span className="visually-hidden"> ({t('common.new_record.new_tab')})</span>
      </Anchor>{' '}
      {mark}
      {lines.map((line, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a record never change places
        <p key={place} className={classes.dim}>
          {line.filter(Boolean).join(' · ')}
        </p>
      ))}
    </li>
  );
}
