import { Button } from '@mantine/core';
import { IconChevronDown, IconDots, type TablerIcon } from '@tabler/icons-react';
import { Fragment, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { businessDay, formatDate } from '@/lib/dates';
import { When } from '../When';
import { byDay } from './days';
import { folded } from './folded';
import classes from './Timeline.module.css';

/** One thing that happened, ready to be shown. */
export interface TimelineEntry {
  id: number;
  at: string;
  icon: TablerIcon;
  title: ReactNode;
  body?: ReactNode;
  /** Nobody did it by hand: several in a row are folded into one line. */
  isQuiet?: boolean;
}

/** A history by days, newest first; chips choose the kind, more loads as one gets to the end. */
export function Timeline({
  entries,
  kinds,
  kind,
  onKind,
  hasMore,
  isLoading,
  onMore,
}: {
  entries: TimelineEntry[];
  kinds: { value: string; label: string }[];
  kind: string;
  onKind: (kind: string) => void;
  hasMore: boolean;
  isLoading: boolean;
  onMore: () => void;
}) {
  const { t, i18n } = useTranslation();
  const days = useMemo(() => byDay(entries), [entries]);
  const today = businessDay(new Date());
  const yesterday = businessDay(new Date(Date.now() - 86_400_000));
  const nameOf = (day: string) => {
    if (day === today) return t('common.today');
    return day === yesterday ? t('common.yesterday') : formatDate(day, 'day', i18n.language);
  };

  return (
    <div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring its frame */}
      <div className={classes.chips} role="group" aria-label={t('common.timeline.kinds')}>
        {[{ value: '', label: t('common.timeline.all') }, ...kinds].map(({ value, label }) => (
          <button
            key={value}
            type="button"
            className={classes.chip}
            aria-pressed={value === kind}
            onClick={() => onKind(value)}
          >
            {label}
          </button>
        ))}
      </div>
      {days.map(({ day, entries: ofDay }) => (
        <section key={day} aria-label={nameOf(day)}>
          <h3 className={classes.day}>{nameOf(day)}</h3>
          <ol className={classes.entries}>
            {folded(ofDay).map((entry) => (
              <Fragment key={Array.isArray(entry) ? `quiet ${entry.at(-1)?.id}` : entry.id}>
                {Array.isArray(entry) ? <Quiet entries={entry} /> : <Line entry={entry} />}
              </Fragment>
            ))}
          </ol>
        </section>
      ))}
      {entries.length === 0 && !isLoading && <p className={classes.none}>{t('common.timeline.none')}</p>}
      {hasMore && <More isLoading={isLoading} onMore={onMore} />}
    </div>
  );
}

function Line({ entry: { at, icon: Icon, title, body } }: { entry: TimelineEntry }) {
  return (
    <li className={classes.entry}>
      <span className={classes.mark} aria-hidden>
        <Icon size={14} stroke={1.7} />
      </span>
      <p className={classes.title}>{title}</p>
      <span className={classes.time}>
        <When at={at} style="time" />
      </span>
      {body && <div className={classes.body}>{body}</div>}
    </li>
  );
}

/** Entries that nobody made by hand, behind one line until asked for. */
function Quiet({ entries }: { entries: TimelineEntry[] }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <li className={classes.entry}>
        <span className={classes.mark} aria-hidden>
          <IconDots size={14} stroke={1.7} />
        </span>
        <p className={classes.title}>
          <button type="button" className={classes.quiet} aria-expanded={open} onClick={() => setOpen(!open)}>
            {t('common.timeline.quiet', { count: entries.length })}
            <IconChevronDown size={13} aria-hidden />
          </button>
        </p>
      </li>
      {open && entries.map((entry) => <Line key={entry.id} entry={entry} />)}
    </>
  );
}

/** Loads the next page when it comes into sight; a button for those who do not scroll. */
function More({ isLoading, onMore }: { isLoading: boolean; onMore: () => void }) {
  const { t } = useTranslation();
  const end = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!end.current || typeof IntersectionObserver === 'undefined') return;
    const observer = new IntersectionObserver(([entry]) => setSeen(entry?.isIntersecting ?? false), {
      rootMargin: '400px 0px',
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (seen && !isLoading) onMore();
  }, [seen, isLoading, onMore]);
  return (
    <div ref={end}>
      <Button className={classes.more} variant="default" fullWidth loading={isLoading} onClick={onMore}>
        {t('common.more')}
      </Button>
    </div>
  );
}
