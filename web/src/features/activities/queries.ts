import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http, operationOf } from '@/api/client';
import { keys, optimistic } from '@/api/query';
import { refreshRecord, useChangeRecord } from '@/api/record-activity';
import { recordKey } from '@/api/records';
import type {
  Activity,
  ActivityCompletion,
  ActivityTime,
  ActivityType,
  ChecklistItem,
  FreeBusy,
  Recurrence,
  Reminder,
  SeriesShown,
} from '@/api/types';

const root = ['activities'] as const;
const pathOf = (id: number) => ({ params: { path: { id } } });

/** Where activities can be tied to. */
export type Tie = { customer?: number; lead?: number; opportunity?: number };

/** One activity. */
export function activityQuery(id: number) {
  return queryOptions({
    queryKey: [...recordKey('activities', id), 'activity'],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/activities/{id}/', { ...pathOf(id), signal })).data as Activity,
  });
}

/** The types of activities, in their order; those that are no longer offered, too. */
export const activityTypesQuery = queryOptions({
  queryKey: ['activity-types'],
  staleTime: 5 * 60_000,
  queryFn: async () => (await http.GET('/api/v1/crm/activity-types/')).data?.results as ActivityType[],
});

/** The activities of a customer, a lead or an opportunity: what is to be done first, then the newest of what was. */
export function activitiesOfQuery(tie: Tie, closed: boolean, size: number) {
  const query: Record<string, string> = {
    ...Object.fromEntries(Object.entries(tie).map(([name, id]) => [name, String(id)])),
    status__in: closed ? 'completed,cancelled' : 'planned,in_progress,waiting',
    ordering: closed ? '-due_date' : 'due_date',
    page_size: String(size),
  };
  return queryOptions({
    queryKey: [...root, 'of', query],
    queryFn: async ({ signal }) => {
      const { data } = await http.GET('/api/v1/crm/activities/', { params: { query }, signal });
      return { activities: data?.results as Activity[], count: data?.count ?? 0 };
    },
  });
}

/** What is to be ticked off within an activity. */
export function checklistQuery(id: number) {
  return queryOptions({
    queryKey: [...recordKey('activities', id), 'checklist'],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/activities/{id}/checklist/', { ...pathOf(id), signal })).data
        ?.results as ChecklistItem[],
  });
}

/** Who spent how long on an activity. */
export function timesQuery(id: number) {
  return queryOptions({
    queryKey: [...recordKey('activities', id), 'times'],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/activities/{id}/times/', { ...pathOf(id), signal })).data?.results as ActivityTime[],
  });
}

/** When the reader is reminded of an activity. */
export function remindersQuery(id: number) {
  return queryOptions({
    queryKey: [...recordKey('activities', id), 'reminders'],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/activities/{id}/reminders/', { ...pathOf(id), signal })).data?.results as Reminder[],
  });
}

/** The reader's timer, if it runs. */
export const timerQuery = queryOptions({
  queryKey: [...root, 'timer'],
  queryFn: async ({ signal }) =>
    ((await http.GET('/api/v1/crm/me/timer/', { signal })).data ?? null) as ActivityTime | null,
});

/** When people are busy, between two moments. */
export function freeBusyQuery(asked: { from: string; to: string; users: string }, enabled: boolean) {
  return queryOptions({
    queryKey: [...keys.calendar, 'busy', asked],
    enabled,
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/calendar/free-busy/', { params: { query: asked }, signal })).data as FreeBusy,
  });
}

/** What a rule means, in words and by its next times. */
export function recurrenceQuery(recurrence: string, due_date: string) {
  return queryOptions({
    queryKey: ['recurrence', recurrence, due_date],
    enabled: recurrence !== '',
    retry: false,
    queryFn: async ({ signal }) =>
      (await http.POST('/api/v1/crm/activities/recurrence/', { body: { recurrence, due_date }, signal }))
        .data as Recurrence,
  });
}

/** How the series of an activity goes on. */
export function seriesQuery(id: number, enabled: boolean) {
  return queryOptions({
    queryKey: [...recordKey('activities', id), 'series'],
    enabled,
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/activities/{id}/series/', { ...pathOf(id), signal })).data as SeriesShown,
  });
}

/** Ends a series with this activity; those after it go. */
export function useEndSeries(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const body = { scope: 'following', recurrence: '' } as never;
      return operationOf((await http.PATCH('/api/v1/crm/activities/{id}/series/', { ...pathOf(id), body })).response);
    },
    onSuccess: () => {
      refreshRecord(client, 'activities', id);
      void client.invalidateQueries({ queryKey: keys.calendar });
    },
  });
}

/** Everything that shows activities is read anew. */
export function refreshActivities(client: QueryClient, activity: Pick<Activity, 'id' | 'customer'>) {
  refreshRecord(client, 'activities', activity.id);
  void client.invalidateQueries({ queryKey: keys.calendar });
  if (activity.customer !== null) void client.invalidateQueries({ queryKey: keys.customer(activity.customer) });
}

/** An activity after something was done with it, and by what that can be undone. */
export interface ActivityDone {
  activity: Activity;
  operation: string | undefined;
}

const doneOf = ({ data, response }: { data?: unknown; response: Response }): ActivityDone => ({
  activity: data as Activity,
  operation: operationOf(response),
});

/** Changes some fields of an activity. */
export const useChangeActivity = (id: number) =>
  useChangeRecord<Activity>('activities', id, activityQuery(id).queryKey);

/** Plans an activity. */
export function useCreateActivity() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: Record<string, unknown>) => doneOf(await http.POST('/api/v1/crm/activities/', { body })),
    onSuccess: ({ activity }) => refreshActivities(client, activity),
  });
}

/** Completes an activity, with what came of it and what is next. */
export function useComplete() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, ...body }: { id: number } & Partial<ActivityCompletion>) =>
      doneOf(
        await http.PUT('/api/v1/crm/activities/{id}/complete/', { ...pathOf(id), body: body as ActivityCompletion }),
      ),
    onMutate: ({ id }) =>
      optimistic<Activity>(client, activityQuery(id).queryKey, (activity) => ({ ...activity, status: 'completed' })),
    onError: (_error, _asked, rollBack) => rollBack?.(),
    onSuccess: ({ activity }) => refreshActivities(client, activity),
  });
}

/** Opens a completed or cancelled activity again. */
export function useReopen() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (id: number) => doneOf(await http.PUT('/api/v1/crm/activities/{id}/reopen/', pathOf(id))),
    onSuccess: ({ activity }) => refreshActivities(client, activity),
  });
}

/** Takes an activity that is nobody's. */
export function useTake() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (id: number) => doneOf(await http.POST('/api/v1/crm/activities/{id}/take/', pathOf(id))),
    onSuccess: ({ activity }) => refreshActivities(client, activity),
  });
}

/** Changes some fields of any activity: of a row, of a place in the calendar. */
export function usePatchActivity() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, ...body }: { id: number } & Record<string, unknown>) =>
      doneOf(await http.PATCH('/api/v1/crm/activities/{id}/', { ...pathOf(id), body })),
    onSuccess: ({ activity }) => refreshActivities(client, activity),
  });
}

/** Sets what is to be ticked off: at once on the screen, taken back if the server refuses. */
export function useSetChecklist(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (items: ChecklistItem[]) => {
      const { response } = await http.PUT('/api/v1/crm/activities/{id}/checklist/', { ...pathOf(id), body: { items } });
      return operationOf(response);
    },
    onMutate: (items) => optimistic<ChecklistItem[]>(client, checklistQuery(id).queryKey, () => items),
    onError: (_error, _items, rollBack) => rollBack?.(),
    onSuccess: () => refreshRecord(client, 'activities', id),
  });
}

/** Logs time that the reader spent on an activity. */
export function useLogTime(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: { minutes: number; note: string }) =>
      operationOf((await http.POST('/api/v1/crm/activities/{id}/times/', { ...pathOf(id), body })).response),
    onSuccess: () => refreshRecord(client, 'activities', id),
  });
}

/** Starts the reader's timer on an activity, or ends it. */
export function useTimer() {
  const client = useQueryClient();
  const refresh = () => {
    void client.invalidateQueries({ queryKey: root });
    void client.invalidateQueries({ queryKey: ['activity'] });
  };
  const start = useMutation({
    mutationFn: async (id: number) => (await http.POST('/api/v1/crm/activities/{id}/timer/', pathOf(id))).data,
    onSuccess: refresh,
  });
  const stop = useMutation({
    mutationFn: async () => {
      const { data, response } = await http.DELETE('/api/v1/crm/me/timer/');
      return { time: (data ?? null) as ActivityTime | null, operation: operationOf(response) };
    },
    onSuccess: refresh,
  });
  return { start, stop };
}

/** Sets when the reader is reminded of an activity. */
export function useSetReminders(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (minutes_before: number[]) => {
      const { data } = await http.PUT('/api/v1/crm/activities/{id}/reminders/', {
        ...pathOf(id),
        body: { minutes_before },
      });
      return data?.results as Reminder[];
    },
    onSuccess: (reminders) => client.setQueryData(remindersQuery(id).queryKey, reminders),
  });
}
