import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Activity } from '@/api/types';
import { addDays, atBusinessTime, businessDay, businessTime } from '@/lib/dates';
import { useErrorText } from '@/ui/error-text';
import { showRefusal, showUndo } from '@/ui/toasts';
import { isClosed } from '../due';
import { type ActivityDone, usePatchActivity, useReopen, useTake } from '../queries';
import { CompleteDrawer } from './CompleteDrawer';

/** What is done with an activity, wherever it is met. */
export interface ActivityCommands {
  complete: (activity: Activity) => void;
  reopen: (activity: Activity) => void;
  cancel: (activity: Activity) => void;
  begin: (activity: Activity) => void;
  take: (activity: Activity) => void;
  /** Moves it so many days on, at the same time of the day. */
  putOff: (activity: Activity, days: number) => void;
  /** Put it somewhere on the page. */
  dialogs: ReactNode;
}

/** The commands of activities, each told with its undo. */
export function useActivityCommands(): ActivityCommands {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const [completing, setCompleting] = useState<Activity>();
  const patch = usePatchActivity();
  const reopen = useReopen();
  const take = useTake();
  const told = (text: string) => ({
    onSuccess: ({ operation }: ActivityDone) => showUndo(text, operation),
    onError: (error: Error) => showRefusal(textOf(error)),
  });
  return {
    complete: (activity) => !isClosed(activity) && setCompleting(activity),
    reopen: ({ id, subject }) => reopen.mutate(id, told(t('activities.reopened', { name: subject }))),
    cancel: ({ id, subject }) =>
      patch.mutate({ id, status: 'cancelled' }, told(t('activities.cancelled', { name: subject }))),
    begin: ({ id, subject }) =>
      patch.mutate({ id, status: 'in_progress' }, told(t('activities.begun', { name: subject }))),
    take: ({ id, subject }) => take.mutate(id, told(t('activities.taken', { name: subject }))),
    putOff: ({ id, subject, due_date }, days) => {
      const today = businessDay(new Date());
      const time = due_date ? businessTime(due_date).slice(11) : '09:00:00';
      const due = atBusinessTime(`${addDays(today, days)} ${time}`);
      patch.mutate({ id, due_date: due }, told(t('activities.put_off', { name: subject })));
    },
    dialogs: completing && <CompleteDrawer activity={completing} onClose={() => setCompleting(undefined)} />,
  };
}
