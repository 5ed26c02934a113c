import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http, operationOf } from '@/api/client';
import { keys } from '@/api/query';
import type { Calendar, CalendarItem } from '@/api/types';
import { minutesOf } from './grid';

/** What is asked of the calendar: days, both within, and whose. */
export interface Asked {
  from: string;
  to: string;
  users: string;
  types: string;
}

/** A part of the calendar. */
export function calendarQuery({ from, to, users, types }: Asked) {
  const query = { from, to, ...(users && { users }), ...(types && { types }) };
  return queryOptions({
    queryKey: [...keys.calendar, 'items', query],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/calendar/', { params: { query }, signal })).data as Calendar,
    placeholderData: (before) => before,
  });
}

/** How much of what repeats moves with one of it. */
export type Reach = 'one' | 'following';

/** Moves an item to another time, to be seen at once; taken back if the server refuses. */
export function useMove() {
  const client = useQueryClient();
  const put = (item: CalendarItem) => {
    const before = client.getQueriesData<Calendar>({ queryKey: [...keys.calendar, 'items'] });
    client.setQueriesData<Calendar>({ queryKey: [...keys.calendar, 'items'] }, (calendar) =>
      calendar ? { ...calendar, items: calendar.items.map((one) => (one.id === item.id ? item : one)) } : calendar,
    );
    return () => {
      for (const [key, data] of before) client.setQueryData(key, data);
    };
  };
  return useMutation({
    mutationFn: async ({ item, reach }: { item: CalendarItem; reach: Reach }) => {
      const fields = { due_date: item.start, ...(item.is_all_day ? {} : { duration: minutesOf(item) }) };
      const params = { params: { path: { id: item.id } } };
      const { response } =
        reach === 'following'
          ? await http.PATCH('/api/v1/crm/activities/{id}/series/', {
              ...params,
              body: { scope: 'following', fields: fields as never },
            })
          : await http.PATCH('/api/v1/crm/activities/{id}/', { ...params, body: fields as never });
      return operationOf(response);
    },
    onMutate: ({ item }) => put(item),
    onError: (_error, _asked, rollBack) => rollBack?.(),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.calendar });
      void client.invalidateQueries({ queryKey: ['activities'] });
      void client.invalidateQueries({ queryKey: ['activity'] });
    },
  });
}
