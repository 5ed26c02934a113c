import { Button } from '@mantine/core';
import { IconRepeatOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { Activity } from '@/api/types';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { useErrorText } from '@/ui/error-text';
import { Panel } from '@/ui/record-page/Panel';
import { showRefusal, showUndo } from '@/ui/toasts';
import { useLanguage } from '@/ui/use-language';
import { When } from '@/ui/When';
import { seriesQuery, useEndSeries } from '../queries';
import classes from './Activity.module.css';

/** How the activity repeats, when it comes next, and the end of that. */
export function SeriesPanel({ activity }: { activity: Activity }) {
  const { t } = useTranslation();
  const me = useMe();
  const language = useLanguage();
  const textOf = useErrorText();
  const [isAsked, setAsked] = useState(false);
  const { data } = useQuery(seriesQuery(activity.id, Boolean(activity.recurrence)));
  const end = useEndSeries(activity.id);
  if (!activity.recurrence || !data) return null;
  const run = () =>
    end.mutate(undefined, {
      onSuccess: (operation) => showUndo(t('activities.series.ended'), operation),
      onError: (error) => showRefusal(textOf(error)),
    });
  return (
    <Panel title={t('activities.series.title')}>
      <p>{language === 'tr' ? data.said.tr : data.said.en}</p>
      {data.next.length > 0 && (
        <ul className={classes.list}>
          {data.next.slice(0, 3).map((at) => (
            <li key={at} className={classes.dim}>
              <When at={at} style="date-time" />
            </li>
          ))}
        </ul>
      )}
      {may(me, 'activity.write') && data.next.length > 0 && (
        <Button
          variant="default"
          size="xs"
          leftSection={<IconRepeatOff size={15} aria-hidden />}
          onClick={() => setAsked(true)}
        >
          {t('activities.series.end')}
        </Button>
      )}
      <ConfirmDialog
        opened={isAsked}
        title={t('activities.series.end')}
        text={t('activities.series.end_text')}
        confirm={t('activities.series.end')}
        onConfirm={run}
        onClose={() => setAsked(false)}
      />
    </Panel>
  );
}
