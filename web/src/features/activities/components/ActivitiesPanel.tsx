import { ActionIcon, Checkbox, Menu } from '@mantine/core';
import { IconCalendarPlus, IconPhoneCheck, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { Activity } from '@/api/types';
import { useCommands } from '@/ui/commands/registry';
import { ErrorState } from '@/ui/ErrorState';
import { Panel } from '@/ui/record-page/Panel';
import { isClosed } from '../due';
import { activitiesOfQuery, type Tie } from '../queries';
import classes from './Activity.module.css';
import { ActivityKind } from './ActivityKind';
import { CompleteDrawer } from './CompleteDrawer';
import { Due } from './Due';

// Opened seldom, so fetched when asked for.
const NewActivityDrawer = lazy(() => import('./NewActivityDrawer'));

const OPEN = 6;
const PAST = 3;

/** What is to be done about a customer, a lead or an opportunity, and what was done last; more can be planned and logged. */
export function ActivitiesPanel({ tie, known }: { tie: Tie; known?: { value: string; label: string } }) {
  const { t } = useTranslation();
  const me = useMe();
  const mayWrite = may(me, 'activity.write');
  const open = useQuery(activitiesOfQuery(tie, false, OPEN));
  const past = useQuery(activitiesOfQuery(tie, true, PAST));
  const [adding, setAdding] = useState<'plan' | 'log'>();
  const [completing, setCompleting] = useState<Activity>();
  const actions = mayWrite
    ? [
        {
          id: 'activity.plan',
          label: t('activities.new'),
          icon: IconCalendarPlus,
          keys: 'v',
          run: () => setAdding('plan'),
        },
        { id: 'activity.log', label: t('activities.log'), icon: IconPhoneCheck, run: () => setAdding('log') },
      ]
    : [];
  useCommands(t('activities.title'), actions);
  if (!may(me, 'activity.read')) return null;
  const list = Object.entries(tie)[0];

  return (
    <Panel
      title={t('activities.title')}
      actions={
        mayWrite && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon size="sm" aria-label={t('activities.add')} title={t('activities.add')}>
                <IconPlus size={15} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {actions.map(({ id, label, icon: Icon, run }) => (
                <Menu.Item key={id} leftSection={<Icon size={15} aria-hidden />} onClick={run}>
                  {label}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )
      }
    >
      {open.error && !open.data && <ErrorState error={open.error} onRetry={() => open.refetch()} />}
      {open.data?.count === 0 && past.data?.count === 0 && <p className={classes.dim}>{t('activities.none')}</p>}
      <ul className={classes.list}>
        {[...(open.data?.activities ?? []), ...(past.data?.activities ?? [])].map((activity) => (
          <ActivityLine
            key={activity.id}
            activity={activity}
            onComplete={mayWrite ? () => setCompleting(activity) : undefined}
          />
        ))}
      </ul>
      {(open.data?.count ?? 0) > OPEN && list && (
        <Link to="/activities" search={{ [list[0]]: String(list[1]), ordering: 'due_date' }}>
          {t('activities.all', { count: open.data?.count ?? 0 })}
        </Link>
      )}
      <Suspense>
        {adding && (
          <NewActivityDrawer
            tie={tie}
            {...(known && { known })}
            type={adding === 'log' ? 'phone_call' : 'task'}
            done={adding === 'log'}
            onClose={() => setAdding(undefined)}
          />
        )}
      </Suspense>
      {completing && <CompleteDrawer activity={completing} onClose={() => setCompleting(undefined)} />}
    </Panel>
  );
}

/** An activity on a line or two; its box completes it. */
function ActivityLine({
  activity,
  onComplete,
}: {
  activity: Activity;
  /** Absent where it may not be. */
  onComplete?: (() => void) | undefined;
}) {
  const { t } = useTranslation();
  const closed = isClosed(activity);
  return (
    <li className={classes.line}>
      <Checkbox
        className={classes.check}
        size="xs"
        radius="xl"
        aria-label={t('activities.complete.title', { name: activity.subject })}
        checked={closed}
        disabled={closed || !onComplete}
        onChange={onComplete}
      />
      <div>
        <Link
          to="/activities/$activityId"
          params={{ activityId: activity.id }}
          className={classes.subject}
          data-closed={closed || undefined}
        >
          {activity.subject}
        </Link>
        <p className={classes.dim}>
          <ActivityKind type={activity.activity_type} bare />
          <Due activity={activity} />
          <span>{activity.assigned_to_name ?? t('activities.nobody')}</span>
        </p>
        {activity.outcome && <p className={classes.dim}>{activity.outcome}</p>}
      </div>
    </li>
  );
}
