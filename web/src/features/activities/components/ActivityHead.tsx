import { Button } from '@mantine/core';
import {
  IconCalendarCheck,
  IconCheck,
  IconChevronLeft,
  IconPlayerPlay,
  IconPlayerStop,
  IconRotate,
  IconTrash,
  IconUserCheck,
  IconX,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { Activity } from '@/api/types';
import { PersonBadge } from '@/ui/PersonBadge';
import { Favourite } from '@/ui/record-page/Favourite';
import { Here } from '@/ui/record-page/Here';
import { MoreMenu } from '@/ui/record-page/MoreMenu';
import { RecordHead } from '@/ui/record-page/RecordHead';
import { useDeletion } from '@/ui/record-page/use-deletion';
import { showUndo } from '@/ui/toasts';
import { isClosed } from '../due';
import { activityIcons } from '../icons';
import { timerQuery, useTimer } from '../queries';
import { useActivityTypes } from '../types';
import { ActivityKind } from './ActivityKind';
import { ActivityStatus } from './ActivityStatus';
import { Due } from './Due';
import { Ties } from './Ties';
import type { ActivityCommands } from './use-activity-commands';

/** What the activity is, when, for whom, and what can be done with it. */
export function ActivityHead({
  activity,
  commands,
  isEditing,
}: {
  activity: Activity;
  commands: ActivityCommands;
  isEditing: boolean;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const types = useActivityTypes();
  const mayWrite = may(me, 'activity.write');
  const closed = isClosed(activity);
  return (
    <RecordHead
      back={
        <Link to="/activities">
          <IconChevronLeft size={13} aria-hidden />
          {t('activities.title')}
        </Link>
      }
      present={<Here kind="activities" id={activity.id} isEditing={isEditing} />}
      icon={activityIcons[types.find(activity.activity_type)?.icon ?? ''] ?? IconCalendarCheck}
      title={activity.subject}
      star={<Favourite kind="activities" id={activity.id} name={activity.subject} />}
      under={
        <>
          <ActivityStatus status={activity.status} />
          <ActivityKind type={activity.activity_type} />
          <Due activity={activity} />
          <Ties activity={activity} />
          {activity.assigned_to_name ? <PersonBadge name={activity.assigned_to_name} /> : t('activities.nobody')}
        </>
      }
      actions={
        <>
          {mayWrite && !closed && <TimerButton activity={activity} />}
          {activity.assigned_to === null && !closed && (
            <Button
              variant="default"
              leftSection={<IconUserCheck size={15} aria-hidden />}
              onClick={() => commands.take(activity)}
            >
              {t('activities.take')}
            </Button>
          )}
          {mayWrite && closed && (
            <Button
              variant="default"
              leftSection={<IconRotate size={15} aria-hidden />}
              onClick={() => commands.reopen(activity)}
            >
              {t('activities.reopen')}
            </Button>
          )}
          {mayWrite && !closed && (
            <Button leftSection={<IconCheck size={15} aria-hidden />} onClick={() => commands.complete(activity)}>
              {t('activities.complete.do')}
            </Button>
          )}
          <ActivityMenu activity={activity} commands={commands} />
        </>
      }
    />
  );
}

/** Starts the reader's timer on the activity, or ends it. */
function TimerButton({ activity }: { activity: Activity }) {
  const { t } = useTranslation();
  const { data: runs } = useQuery(timerQuery);
  const { start, stop } = useTimer();
  const isRunning = runs?.activity_id === activity.id;
  const end = () =>
    stop.mutate(undefined, {
      onSuccess: ({ time, operation }) =>
        time && showUndo(t('activities.times.logged', { count: time.minutes }), operation),
    });
  return (
    <Button
      variant="default"
      loading={start.isPending || stop.isPending}
      leftSection={
        isRunning ? <IconPlayerStop size={15} aria-hidden /> : <IconPlayerPlay size={15} stroke={1.7} aria-hidden />
      }
      onClick={() => (isRunning ? end() : start.mutate(activity.id))}
    >
      {isRunning ? t('activities.times.stop') : t('activities.times.start')}
    </Button>
  );
}

/** What is done with an activity seldom. */
function ActivityMenu({ activity, commands }: { activity: Activity; commands: ActivityCommands }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const deletion = useDeletion({
    kind: 'activities',
    id: activity.id,
    name: activity.subject,
    onGone: () => navigate({ to: '/activities' }),
  });
  const closed = isClosed(activity);
  const actions = [
    ...(may(me, 'activity.write') && !closed
      ? [
          { id: 'begin', label: t('activities.begin'), icon: IconPlayerPlay, run: () => commands.begin(activity) },
          { id: 'cancel', label: t('activities.cancel'), icon: IconX, run: () => commands.cancel(activity) },
        ]
      : []),
    ...(may(me, 'activity.delete')
      ? [{ id: 'delete', label: deletion.label, icon: IconTrash, run: deletion.ask }]
      : []),
  ];
  return (
    <>
      <MoreMenu label={t('activities.more')} actions={actions} />
      {deletion.dialog}
    </>
  );
}
