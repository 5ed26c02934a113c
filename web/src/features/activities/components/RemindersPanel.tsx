import { MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Activity } from '@/api/types';
import { useErrorText } from '@/ui/error-text';
import { Panel } from '@/ui/record-page/Panel';
import { showRefusal } from '@/ui/toasts';
import { isClosed } from '../due';
import { remindersQuery, useSetReminders } from '../queries';
import { beforeText, usualMinutes } from '../reminders';
import classes from './Activity.module.css';

/** When the reader is reminded of it. */
export function RemindersPanel({ activity }: { activity: Activity }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { data: reminders = [] } = useQuery(remindersQuery(activity.id));
  const set = useSetReminders(activity.id);
  if (isClosed(activity)) return null;
  const chosen = reminders.filter(({ state }) => state !== 'done').map((one) => one.minutes_before);
  const offered = [...new Set([...usualMinutes, ...chosen])].sort((one, other) => one - other);
  return (
    <Panel title={t('activities.reminders.title')}>
      <MultiSelect
        size="xs"
        aria-label={t('activities.reminders.title')}
        placeholder={chosen.length === 0 ? t('activities.reminders.none') : undefined}
        data={offered.map((minutes) => ({ value: String(minutes), label: beforeText(minutes, t) }))}
        value={chosen.map(String)}
        onChange={(next) => set.mutate(next.map(Number), { onError: (error) => showRefusal(textOf(error)) })}
        disabled={set.isPending}
      />
      <p className={classes.dim}>{t('activities.reminders.text')}</p>
    </Panel>
  );
}
