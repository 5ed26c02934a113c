import { IconCalendarCheck } from '@tabler/icons-react';
import type { QueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import { may, useMe } from '@/api/session';
import type { Activity } from '@/api/types';
import { recordFact } from '@/ui/facts/record-fact';
import { PersonBadge } from '@/ui/PersonBadge';
import cells from '@/ui/record-list/cells.module.css';
import type { Look } from '@/ui/record-list/columns';
import type { Listing } from '@/ui/record-list/listing';
import type { RowAction } from '@/ui/record-table/action';
import { When } from '@/ui/When';
import classes from './components/Activity.module.css';
import { ActivityKind } from './components/ActivityKind';
import { ActivityPeek } from './components/ActivityPeek';
import { ActivityStatus } from './components/ActivityStatus';
import { Due } from './components/Due';
import type { ActivityCommands } from './components/use-activity-commands';
import { isClosed } from './due';
import { activityFactKind } from './facts';
import { activityQuery } from './queries';

const usualColumns = [
  'subject',
  'activity_type',
  'due_date',
  'status',
  'priority',
  'customer',
  'assigned_to',
  'result',
];

const moment = (at: string | null | undefined) => at && <When at={at} style="date-time" />;

const looks: Record<string, Look<Activity>> = {
  subject: { width: 220, grow: 3, cell: (activity) => <SubjectCell activity={activity} /> },
  activity_type: { width: 172, cell: ({ activity_type }) => <ActivityKind type={activity_type} /> },
  due_date: { width: 172, cell: (activity) => <Due activity={activity} /> },
  status: { width: 118, cell: ({ status }) => <ActivityStatus status={status} /> },
  priority: { width: 96, cell: (activity) => <PriorityCell activity={activity} /> },
  customer: { width: 160, grow: 1, cell: ({ customer_name }) => <span>{customer_name}</span> },
  lead: { width: 140, cell: ({ lead_name }) => <span>{lead_name}</span> },
  opportunity: { width: 160, cell: ({ opportunity_name }) => <span>{opportunity_name}</span> },
  assigned_to: {
    width: 140,
    grow: 1,
    cell: ({ assigned_to_name }) => assigned_to_name && <PersonBadge name={assigned_to_name} />,
  },
  team_id: { width: 110, cell: ({ team_name }) => <span>{team_name}</span> },
  end_date: { width: 150, cell: ({ end_date }) => moment(end_date) },
  completed_date: { width: 150, cell: ({ completed_date }) => moment(completed_date) },
  follow_up_date: { width: 150, cell: ({ follow_up_date }) => moment(follow_up_date) },
  spent_minutes: { width: 110, align: 'end' },
  duration: { width: 96, align: 'end' },
  outcome: { width: 200, grow: 2 },
};

/** What only commands change, what is chosen among too many to list, or what tells one activity from another. */
const byCommand = new Set([
  'customer',
  'lead',
  'opportunity',
  'parent',
  'attendees',
  'activity_type',
  'completed_date',
  'recurrence',
]);
const ofOne = new Set([...byCommand, 'subject', 'description', 'outcome', 'location', 'result', 'follow_up_date']);

/** Those with something left to do, the earliest first. */
const open = { status__in: 'planned,in_progress,waiting', ordering: 'due_date' };

/** The list of activities. */
export function useActivityListing(commands: ActivityCommands): Listing<Activity> {
  const { t } = useTranslation();
  const me = useMe();
  const fields = useRecordFields('activities');
  const isWriter = may(me, 'activity.write');
  const { complete, reopen, putOff, take } = commands;
  const rowActions: RowAction<Activity>[] = isWriter
    ? [
        { keys: 'c', label: t('activities.complete.do'), run: complete },
        { keys: 'o', label: t('activities.reopen'), run: reopen },
        { keys: 't', label: t('activities.take'), run: take },
        { keys: '1', label: t('activities.tomorrow'), run: (activity) => putOff(activity, 1) },
        { keys: '7', label: t('activities.next_week'), run: (activity) => putOff(activity, 7) },
      ]
    : [];
  // Columns follow from it: it must not change with every answer of the server.
  const listing = useMemo(
    (): Listing<Activity> => ({
      kind: 'activities',
      icon: IconCalendarCheck,
      title: t('activities.title'),
      noun: (count) => t('activities.noun', { count }),
      search: t('activities.search'),
      noneText: t('activities.none_text'),
      fields,
      may: { write: isWriter, delete: may(me, 'activity.delete'), export: may(me, 'activity.export') },
      nameOf: ({ subject }) => subject,
      presets: [
        { id: 'open', label: t('activities.presets.open'), params: open },
        { id: 'mine', label: t('activities.presets.mine'), params: { ...open, assigned_to: 'me' } },
        { id: 'queue', label: t('activities.presets.queue'), params: { ...open, assigned_to__is_empty: '' } },
        {
          id: 'done',
          label: t('activities.presets.done'),
          params: { status: 'completed', ordering: '-completed_date' },
        },
      ],
      usualColumns,
      looks,
      editedFact: (activity, field) =>
        field.is_writable && !byCommand.has(field.name)
          ? { ...recordFact(activity, field), kind: activityFactKind(field) }
          : undefined,
      card: (activity) => <ActivityCard activity={activity} />,
      ownerField: 'assigned_to',
      isForMany: ({ name }) => !ofOne.has(name),
      Peek: ActivityPeek,
      putElsewhere: putOnPage,
    }),
    [t, me, isWriter, fields],
  );
  return { ...listing, rowActions };
}

/** The page of the activity shows what the list changes. */
function putOnPage(client: QueryClient, id: number, change: (activity: Activity) => Activity): () => void {
  const { queryKey } = activityQuery(id);
  const page = client.getQueryData<Activity>(queryKey);
  if (!page) return () => {};
  client.setQueryData(queryKey, change(page));
  return () => client.setQueryData(queryKey, page);
}

function SubjectCell({ activity }: { activity: Activity }) {
  return (
    <Link
      to="/activities/$activityId"
      params={{ activityId: activity.id }}
      className={cells.name}
      data-row-link
      data-inactive={isClosed(activity) || undefined}
    >
      {activity.subject}
    </Link>
  );
}

function PriorityCell({ activity: { priority } }: { activity: Activity }) {
  const { byName } = useRecordFields('activities');
  const label = byName.get('priority')?.choices.find(({ value }) => value === priority)?.label ?? priority;
  return (
    <span className={classes.priority} data-priority={priority}>
      {label}
    </span>
  );
}

function ActivityCard({ activity }: { activity: Activity }) {
  return (
    <>
      <div className={cells.cardTop}>
        <SubjectCell activity={activity} />
        <Due activity={activity} />
      </div>
      <div className={cells.cardBottom}>
        <ActivityKind type={activity.activity_type} bare />{' '}
        {[activity.customer_name ?? activity.lead_name, activity.assigned_to_name].filter(Boolean).join(' · ')}
      </div>
    </>
  );
}
