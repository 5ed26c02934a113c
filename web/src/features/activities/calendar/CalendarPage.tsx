import { ActionIcon, Button, Group, Modal, MultiSelect, SegmentedControl } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import { may, useMe } from '@/api/session';
import type { CalendarItem } from '@/api/types';
import { businessDay, formatDate } from '@/lib/dates';
import { intlLocale } from '@/lib/language';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { useShortcuts } from '@/ui/shortcuts/registry';
import { showRefusal, showUndo } from '@/ui/toasts';
import { useLanguage } from '@/ui/use-language';
import { useActivityTypes } from '../types';
import { Agenda } from './Agenda';
import classes from './Calendar.module.css';
import { asView, daysOf, turned, type View, views } from './grid';
import { MonthGrid } from './MonthGrid';
import { calendarQuery, type Reach, useMove } from './queries';
import { type Column, TimeGrid } from './TimeGrid';

const NewActivityDrawer = lazy(() => import('../components/NewActivityDrawer'));

/** What the address of the calendar holds. */
export interface CalendarAsked {
  view?: string;
  date?: string;
  /** Ids of people, separated by commas; the reader's own where it is not there. */
  users?: string;
  types?: string;
}

const ids = (text: string | undefined) => (text ?? '').split(',').filter(Boolean);
/** People beside each other at most. */
const MOST = 8;

/** The calendar: a day, a week, a month, what is to come, or the day of several people. */
export function CalendarPage({ asked, onAsked }: { asked: CalendarAsked; onAsked: (next: CalendarAsked) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const me = useMe();
  const textOf = useErrorText();
  const { byName } = useRecordFields('activities');
  const types = useActivityTypes();
  const isNarrow = window.matchMedia('(max-width: 48em)').matches;
  const view: View = asView(asked.view) ?? (isNarrow ? 'agenda' : 'week');
  const today = businessDay(new Date());
  const date = /^\d{4}-\d{2}-\d{2}$/.test(asked.date ?? '') ? (asked.date as string) : today;
  const people = byName.get('assigned_to')?.choices ?? [];
  const chosen = ids(asked.users);
  const days = daysOf(view, date);
  const team = (chosen.length > 0 ? chosen : people.slice(0, MOST).map(({ value }) => String(value))).slice(0, MOST);
  const users = view === 'team' ? team : chosen.length > 0 ? chosen : [String(me.id)];
  const { data, error, refetch } = useQuery(
    calendarQuery({
      from: days[0] ?? date,
      to: days.at(-1) ?? date,
      users: users.join(','),
      types: asked.types ?? '',
    }),
  );
  const [making, setMaking] = useState<{ due: string; duration?: number; isAllDay?: boolean }>();
  const [repeating, setRepeating] = useState<CalendarItem>();
  const move = useMove();
  const mayWrite = may(me, 'activity.write');
  const go = (next: Partial<CalendarAsked>) => onAsked({ ...asked, ...next });
  const turn = (by: 1 | -1) => go({ date: turned(view, date, by) });

  const put = (item: CalendarItem, reach: Reach) =>
    move.mutate(
      { item, reach },
      {
        onSuccess: (operation) => showUndo(t('activities.calendar.moved', { name: item.subject }), operation),
        onError: (refusal) => showRefusal(textOf(refusal)),
      },
    );
  const drop = (item: CalendarItem) => (item.series_id ? setRepeating(item) : put(item, 'one'));

  useShortcuts(t('activities.calendar.title'), [
    { keys: 't', label: t('activities.calendar.today'), run: () => go({ date: today }) },
    { keys: 'p', label: t('activities.calendar.before'), run: () => turn(-1) },
    { keys: 'n', label: t('activities.calendar.after'), run: () => turn(1) },
    ...views.map((one) => ({
      keys: { day: 'd', week: 'w', month: 'm', agenda: 'l', team: 'e' }[one],
      label: t(`activities.calendar.${one}`),
      run: () => go({ view: one }),
    })),
  ]);

  const head = new Intl.DateTimeFormat(intlLocale(language), { weekday: 'short', day: 'numeric', timeZone: 'UTC' });
  const columns: Column[] =
    view === 'team'
      ? team.map((id) => ({
          key: id,
          day: date,
          person: Number(id),
          label: people.find(({ value }) => String(value) === id)?.label ?? id,
        }))
      : days.map((day) => ({ key: day, day, label: head.format(new Date(`${day}T12:00:00Z`)) }));
  const title =
    view === 'month' || view === 'week'
      ? new Intl.DateTimeFormat(intlLocale(language), { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
          new Date(`${view === 'week' ? (days[3] ?? date) : date}T12:00:00Z`),
        )
      : formatDate(date, 'day', language);

  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <h1>{title}</h1>
        <Group gap={4} wrap="nowrap">
          <Button variant="default" size="xs" onClick={() => go({ date: today })}>
            {t('activities.calendar.today')}
          </Button>
          <ActionIcon onClick={() => turn(-1)} aria-label={t('activities.calendar.before')}>
            <IconChevronLeft size={18} aria-hidden />
          </ActionIcon>
          <ActionIcon onClick={() => turn(1)} aria-label={t('activities.calendar.after')}>
            <IconChevronRight size={18} aria-hidden />
          </ActionIcon>
        </Group>
        <SegmentedControl
          size="xs"
          aria-label={t('activities.calendar.view')}
          data={views.map((value) => ({ value, label: t(`activities.calendar.${value}`) }))}
          value={view}
          onChange={(next) => go({ view: next })}
        />
        <div className={classes.filters}>
          <MultiSelect
            size="xs"
            aria-label={t('activities.calendar.people')}
            placeholder={chosen.length > 0 ? undefined : t(`activities.calendar.${view === 'team' ? 'first' : 'mine'}`)}
            data={people.map(({ value, label }) => ({ value: String(value), label }))}
            value={chosen}
            onChange={(next) => go({ users: next.join(',') || undefined })}
            maxValues={MOST}
            searchable
            clearable
            clearButtonProps={{ 'aria-label': t('common.clear') }}
          />
          <MultiSelect
            size="xs"
            aria-label={t('activities.calendar.types')}
            placeholder={ids(asked.types).length === 0 ? t('activities.calendar.all_types') : undefined}
            data={types.choices()}
            value={ids(asked.types)}
            onChange={(next) => go({ types: next.join(',') || undefined })}
            clearable
            clearButtonProps={{ 'aria-label': t('common.clear') }}
          />
        </div>
        {mayWrite && (
          <Button
            size="xs"
            leftSection={<IconPlus size={15} aria-hidden />}
            onClick={() => setMaking({ due: `${date}T10:00:00+03:00` })}
          >
            {t('activities.new')}
          </Button>
        )}
      </header>
      {error && !data && <ErrorState error={error} onRetry={() => refetch()} />}
      {data?.is_truncated && <p className={classes.dim}>{t('activities.calendar.truncated')}</p>}
      {view === 'month' && (
        <MonthGrid
          days={days}
          month={date.slice(0, 7)}
          items={data?.items ?? []}
          holidays={data?.holidays ?? []}
          onDay={(day) => go({ view: 'day', date: day })}
        />
      )}
      {view === 'agenda' && data && <Agenda days={days} items={data.items} holidays={data.holidays} />}
      {view !== 'month' && view !== 'agenda' && (
        <TimeGrid
          key={view}
          columns={columns}
          items={data?.items ?? []}
          holidays={data?.holidays ?? []}
          mayWrite={mayWrite}
          onMake={(at) => setMaking(at)}
          onMove={drop}
        />
      )}
      <Suspense>
        {making && <NewActivityDrawer type="meeting" at={making} onClose={() => setMaking(undefined)} />}
      </Suspense>
      <Modal
        opened={repeating !== undefined}
        onClose={() => setRepeating(undefined)}
        title={t('activities.series.which', { name: repeating?.subject ?? '' })}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Group justify="flex-end" gap="xs">
          {(['one', 'following'] as const).map((reach) => (
            <Button
              key={reach}
              variant={reach === 'one' ? 'filled' : 'default'}
              onClick={() => {
                if (repeating) put(repeating, reach);
                setRepeating(undefined);
              }}
            >
              {t(`activities.series.${reach}`)}
            </Button>
          ))}
        </Group>
      </Modal>
    </div>
  );
}
