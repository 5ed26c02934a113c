import {
  type InfiniteData,
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { http, operationOf } from '@/api/client';
import { optimistic } from '@/api/query';
import { refreshRecord } from '@/api/record-activity';
import { recordKey } from '@/api/records';
import type { Opportunity, Stage } from '@/api/types';

const root = ['opportunities'] as const;

/** A column of the board as far as it is loaded, with what all of it comes to in the organisation's currency. */
export interface ColumnPage {
  currency: string;
  count: number;
  /** Nothing to whom the amounts are hidden from. */
  amount: string | null;
  weighted: string | null;
  /** For the next cards. */
  cursor?: string | null;
  cards: Opportunity[];
}
export type ColumnPages = InfiniteData<ColumnPage, string | undefined>;

const PAGE = 50;

/** The cards of a stage, the newest in it first, in pages; `criteria` is what a view filters by. */
export function columnQuery({ id, pipeline_id }: Stage, criteria?: object) {
  return infiniteQueryOptions({
    queryKey: [...root, 'stage', id, criteria ?? null],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }): Promise<ColumnPage> => {
      const body = {
        pipeline: pipeline_id,
        stage_id: id,
        page_size: PAGE,
        cursor: pageParam ?? null,
        search: null,
        criteria: (criteria as Record<string, never> | undefined) ?? null,
      };
      const { data } = await http.POST('/api/v1/crm/opportunities/board/', { body, signal });
      const column = data?.columns[0];
      if (!data || !column) throw new Error('no column');
      const { count, amount = null, weighted = null, cursor, cards } = column;
      return { currency: data.currency, count, amount, weighted, cursor, cards: cards as unknown as Opportunity[] };
    },
    getNextPageParam: (last) => last.cursor ?? undefined,
  });
}

/** One opportunity. */
export function opportunityQuery(id: number) {
  return queryOptions({
    queryKey: [...recordKey('opportunities', id), 'opportunity'],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/opportunities/{id}/', { params: { path: { id } }, signal })).data as Opportunity,
  });
}

async function patch({ id, version }: Opportunity, body: Record<string, unknown>) {
  const headers = { 'If-Match': `"${version}"` };
  const { data, response } = await http.PATCH('/api/v1/crm/opportunities/{id}/', {
    params: { path: { id } },
    body,
    headers,
  });
  return { opportunity: data as Opportunity, operation: operationOf(response) };
}

/** A column without, or with, one more opportunity. */
export const without = (column: ColumnPages, id: number): ColumnPages => ({
  ...column,
  pages: column.pages.map((page) => ({
    ...page,
    count: page.count - 1,
    cards: page.cards.filter((one) => one.id !== id),
  })),
});
export const withFirst = (column: ColumnPages, one: Opportunity): ColumnPages => ({
  ...column,
  pages: column.pages.map((page, place) => ({
    ...page,
    count: page.count + 1,
    cards: place === 0 ? [one, ...page.cards] : page.cards,
  })),
});

export interface Move {
  opportunity: Opportunity;
  from: Stage;
  to: Stage;
  /** What the stage asks for. */
  answers?: Record<string, string>;
}

/** Moves an opportunity to another stage: at once on the screen, taken back if the server refuses. */
export function useMove() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ opportunity, to, answers }: Move) => patch(opportunity, { stage: to.key, ...answers }),
    onMutate: async ({ opportunity, from, to }) => {
      const moved = { ...opportunity, stage: to.key, stage_id: to.id, stage_entered_at: new Date().toISOString() };
      const change = (stage: Stage, change: (column: ColumnPages) => ColumnPages) =>
        client
          .getQueriesData<ColumnPages>({ queryKey: [...root, 'stage', stage.id] })
          .map(([key]) => optimistic<ColumnPages>(client, key, change));
      const undos = await Promise.all([
        ...change(from, (column) => without(column, opportunity.id)),
        ...change(to, (column) => withFirst(column, moved)),
      ]);
      return () => {
        for (const undo of undos) undo();
      };
    },
    onError: (_error, _move, rollBack) => rollBack?.(),
    onSettled: (_done, _error, { opportunity }) => refreshRecord(client, 'opportunities', opportunity.id),
  });
}
