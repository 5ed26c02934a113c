import { Button, NumberInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useErrorText } from '@/ui/error-text';
import { Panel } from '@/ui/record-page/Panel';
import { showRefusal, showUndo } from '@/ui/toasts';
import { When } from '@/ui/When';
import { timesQuery, useLogTime } from '../queries';
import classes from './Activity.module.css';

/** Who spent how long on it; time can be logged by hand. */
export function TimesPanel({ id, readOnly }: { id: number; readOnly: boolean }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { data: times = [] } = useQuery(timesQuery(id));
  const log = useLogTime(id);
  const [minutes, setMinutes] = useState('');
  const total = times.reduce((sum, time) => sum + time.minutes, 0);
  if (readOnly && times.length === 0) return null;
  return (
    <Panel
      title={t('activities.times.title')}
      actions={total > 0 && <span className={classes.dim}>{t('activities.times.minutes', { count: total })}</span>}
    >
      <ul className={classes.list}>
        {times.map((time) => (
          <li key={time.id} className={classes.row}>
            <span className={classes.grow}>{time.user_name}</span>
            <span>
              {time.ended_at ? t('activities.times.minutes', { count: time.minutes }) : t('activities.times.running')}
            </span>
            <span className={classes.dim}>
              <When at={time.started_at} />
            </span>
          </li>
        ))}
      </ul>
      {!readOnly && (
        <form
          className={classes.row}
          style={{ marginTop: 8 }}
          onSubmit={(event) => {
            event.preventDefault();
            const count = Number(minutes);
            log.mutate(
              { minutes: count, note: '' },
              {
                onSuccess: (operation) => {
                  showUndo(t('activities.times.logged', { count }), operation);
                  setMinutes('');
                },
                onError: (error) => showRefusal(textOf(error)),
              },
            );
          }}
        >
          <NumberInput
            className={classes.grow}
            size="xs"
            hideControls
            min={1}
            aria-label={t('activities.times.how_long')}
            placeholder={t('activities.times.how_long')}
            value={minutes}
            onValueChange={({ value }) => setMinutes(value)}
          />
          <Button size="compact-sm" variant="default" type="submit" disabled={!Number(minutes)} loading={log.isPending}>
            {t('activities.times.log')}
          </Button>
        </form>
      )}
    </Panel>
  );
}
