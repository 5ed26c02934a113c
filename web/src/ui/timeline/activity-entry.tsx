import { IconCalendarCheck, IconCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { When } from '../When';
import type { TimelineEntry } from './Timeline';

interface ActivityEvent {
  id: number;
  at: string;
  kind: string;
  actor_name?: string | null;
  subject_type: string;
  subject_id: number;
  payload: unknown;
  changes: unknown;
}

/** The kinds of events that a chip of a timeline stands for. */
export const activityKinds = 'activity.created,activity.updated,activity.deleted,activity.restored';

/** Is it an event of an activity, told in the timeline of what that is for? */
export const isOfActivity = (event: Pick<ActivityEvent, 'subject_type'>) => event.subject_type.startsWith('activity');

/** An event of an activity in the timeline of a customer, a lead or an opportunity; none where it says nothing there. */
export function activityEntry(event: ActivityEvent, t: TFunction): TimelineEntry | undefined {
  const changes = (event.changes ?? {}) as Record<string, unknown[]>;
  const [, status] = changes.status ?? [];
  const [, due] = changes.due_date ?? [];
  const word =
    event.kind === 'activity.updated'
      ? status
        ? `status_${status}`
        : due
          ? 'moved'
          : undefined
      : event.kind.split('.')[1];
  if (!word || event.subject_type !== 'activity') return undefined;
  const { name } = event.payload as { name?: string };
  const [, outcome] = changes.outcome ?? [];
  return {
    id: event.id,
    at: event.at,
    icon: status === 'completed' ? IconCheck : IconCalendarCheck,
    title: (
      <>
        <b>{event.actor_name ?? t('common.activity_event.system')}</b>{' '}
        {t(`common.activity_event.${word}`, { defaultValue: event.kind })}{' '}
        <Link to="/activities/$activityId" params={{ activityId: event.subject_id }}>
          {name}
        </Link>
        {due && word === 'moved' ? (
          <>
            {' · '}
            <When at={String(due)} style="date-time" />
          </>
        ) : null}
      </>
    ),
    body: outcome ? String(outcome) : undefined,
    isQuiet: false,
  };
}
