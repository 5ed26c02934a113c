import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { http } from '@/api/client';
import { cursorOf, keys } from '@/api/query';
import type { Operation, Undone } from '@/api/types';
import { dayBounds } from '@/lib/dates';

/** What the history is narrowed by, as it stands in the address. */
export interface OperationFilters {
  mine?: 'true';
  /** Several, separated by commas. */
  kind?: string;
  actor?: string;
  /** Business days. */
  from?: string;
  to?: string;
}

/** How often something that runs is asked after. */
const RUNNING_MS = 1_500;

/** The history, newest first, page by page. While something runs it is asked again. */
export function operationsQuery({ mine, kind, actor, from, to }: OperationFilters, myId: number) {
  const narrowed = {
    ...(kind && { kind }),
    ...(mine ? { actor_id: myId } : actor ? { actor_id: Number(actor) } : {}),
    ...(from && { at__gte: dayBounds(from).first }),
    ...(to && { at__lte: dayBounds(to).last }),
  };
  return infiniteQueryOptions({
    queryKey: [...keys.operations, 'list', narrowed],
    // What was just done elsewhere must be here.
    staleTime: 0,
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = { page_size: 50, ...narrowed, ...(pageParam && { cursor: pageParam }) };
      const { data } = await http.GET('/api/v1/crm/operations/', { params: { query }, signal });
      return data as { count: number; count_is_capped: boolean; next?: string | null; results: Operation[] };
    },
    getNextPageParam: (last) => cursorOf(last.next),
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.results.some((one) => one.state === 'running')) ? RUNNING_MS : false,
  });
}

/** One operation as it stands. The answer has neither the name of who did it nor whether it can be undone: the list knows those. */
export function operationQuery(id: number) {
  return queryOptions({
    queryKey: [...keys.operations, id],
    staleTime: 0,
    queryFn: async ({ signal }) => {
      const { data } = await http.GET('/api/v1/crm/operations/{id}/', { params: { path: { id } }, signal });
      return data as Omit<Operation, 'actor_name' | 'can_be_undone'> & Partial<Operation>;
    },
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? RUNNING_MS : false),
  });
}

/** What an undo of this session was answered with: the refusals, which the server tells but once. */
export function answerQuery(undoId: number) {
  return queryOptions<Undone | null>({
    queryKey: ['operation-answer', undoId],
    enabled: false,
    gcTime: Number.POSITIVE_INFINITY,
    queryFn: () => null,
  });
}

/** The users one may narrow the history to. Who may not read them gets none. */
export const actorsQuery = queryOptions({
  queryKey: [...keys.people, 'actors'],
  staleTime: 5 * 60_000,
  queryFn: async () => {
    const params = { query: { page_size: 200 } };
    return http.GET('/api/v1/crm/users/', { params }).then(
      ({ data }) => (data?.results ?? []) as { id: number; name: string }[],
      () => [],
    );
  },
});
