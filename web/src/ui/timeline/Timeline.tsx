import { Button } from '@mantine/core';
import type { TablerIcon } from '@tabler/icons-react';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { businessDay, formatDate } from '@/lib/dates';
import { When } from '../When';
import { byDay } from './days';
import classes from './Timeline.module.css';

/** One thing that happened, ready to be shown. */
export interface TimelineEntry {
  id: number;
  at: string;
  icon: TablerIcon;
  title: ReactNode;
  body?: ReactNode;
}

/** A history by days, newest first; chips choose the kind, more loads on demand. */
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
            {ofDay.map(({ id, at, icon: Icon, title, body }) => (
              <li key={id} className={classes.entry}>
                <span className={classes.mark} aria-hidden>
                  <Icon size={14} stroke={1.7} />
                </span>
                <p className={classes.title}>{title}</p>
                <span className={classes.time}>
                  <When at={at} style="time" />
                </span>
                {body && <div className={classes.body}>{body}</div>}
              </li>
            ))}
          </ol>
        </section>
      ))}
      {entries.length === 0 && !isLoading && <p className={classes.none}>{t('common.timeline.none')}</p>}
      {hasMore && (
        <Button className={classes.more} variant="default" fullWidth loading={isLoading} onClick={onMore}>
          {t('common.more')}
        </Button>
      )}
    </div>
  );
}
