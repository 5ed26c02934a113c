import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { http, operationOf } from '@/api/client';
import type { components } from '@/api/schema';
import type { OpportunityList } from '@/api/types';
import { businessDay } from '@/lib/dates';
import { defaultWindow } from './windows';

type Schemas = components['schemas'];

/** Which opportunities are behind a figure; absent where the API does not say. */
export type Behind = Record<string, unknown> | null | undefined;

/** What was asked, as the address bar says it. */
export interface FigureParams {
  pipeline?: number;
  owner?: number;
  team?: number;
  from?: string;
  to?: string;
  as_of?: string;
  period?: 'month' | 'quarter';
  /** What won and lost are told apart by. */
  by?: (typeof breakdowns)[number];
  /** The period of the forecast whose teams and representatives are shown. */
  at?: string;
  /** The figure whose opportunities are shown: a criteria as JSON. */
  behind?: string;
}

/** Won and lost of one representative, source, month … */
export type Outcomes = Schemas['WonAndLost'];

export const breakdowns = ['by_rep', 'by_product', 'by_industry', 'by_source', 'by_month'] as const;

/** What a forecast counts on, the surest first. */
export const categories = ['closed', 'commit', 'best_case', 'pipeline'] as const;

/** A line of a forecast: all, a team, or a representative. */
export type ForecastLine = Schemas['ForecastLine'];

async function latest(outcome: string): Promise<string | undefined> {
  const query = { outcome, ordering: '-expected_close_date', page_size: 1 };
  const { data } = await http.GET('/api/v1/crm/opportunities/', { params: { query } });
  return (data as OpportunityList | undefined)?.results[0]?.expected_close_date ?? undefined;
}

/** The days to look at when nobody said: around today, or where the opportunities are. */
export const windowQuery = queryOptions({
  queryKey: ['opportunity-window'],
  staleTime: 5 * 60_000,
  queryFn: async () => defaultWindow(businessDay(new Date()), await latest('won'), await latest('open')),
});

/** The figures of a pipeline. */
export function pipelineFiguresQuery({ pipeline, owner, team, from, to, as_of }: FigureParams) {
  const query = { pipeline, owner, team, from, to, as_of };
  return queryOptions({
    queryKey: ['pipeline-figures', query],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/pipeline/', { params: { query }, signal })).data as Schemas['PipelineFigures'],
  });
}

/** The forecast. */
export function forecastQuery({ pipeline, owner, team, from, to, period = 'quarter' }: FigureParams) {
  const query = { pipeline, owner, team, from, to, period };
  return queryOptions({
    queryKey: ['forecast', query],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/forecast/', { params: { query }, signal })).data as Schemas['Forecast'],
  });
}

/** Says what is to be won in a period. */
export async function saveQuota({ period, quotas }: { period: string } & components['schemas']['QuotasInput']) {
  const { response } = await http.PUT('/api/v1/crm/quotas/{period}/', {
    params: { path: { period } },
    body: { quotas },
  });
  return operationOf(response);
}

/** Says a manager's own number for a period. */
export async function saveAdjustment(body: components['schemas']['ForecastAdjustmentInput']) {
  const { response } = await http.POST('/api/v1/crm/forecast/adjustments/', { body });
  return operationOf(response);
}

/** The opportunities behind a figure, in an order, and how many there are. */
export function behindQuery(criteria: string, ordering: string | null) {
  return queryOptions({
    queryKey: ['opportunities', 'behind', criteria, ordering],
    queryFn: async ({ signal }) => {
      const body = { criteria: JSON.parse(criteria), ordering, page_size: 50 };
      return (await http.POST('/api/v1/crm/opportunities/search/', { body: body as never, signal }))
        .data as OpportunityList;
    },
  });
}

/** Whose opportunities can be asked for; nobody where the caller may not see the list. */
export const whoseQuery = queryOptions({
  queryKey: ['opportunity-owners'],
  staleTime: 5 * 60_000,
  queryFn: async () => {
    const params = { query: { page_size: 200 } };
    const [owners, teams] = await Promise.all([
      http.GET('/api/v1/crm/users/', { params }).then(
        ({ data }) => data?.results ?? [],
        () => [],
      ),
      http.GET('/api/v1/crm/teams/').then(
        ({ data }) => data?.results ?? [],
        () => [],
      ),
    ]);
    return {
      owners: owners.map(({ id, name, team_id }) => ({ id, name, team_id })),
      teams: teams.map(({ id, name }) => ({ id, name })),
    };
  },
});

const day = (value: unknown) => (/^\d{4}-\d{2}-\d{2}$/.test(String(value)) ? String(value) : undefined);
const id = (value: unknown) => (Number(value) > 0 ? Number(value) : undefined);

/** A criteria in the address bar is an object or its text; what is neither is left out. */
function criteriaText(value: unknown): string | undefined {
  try {
    const read: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    return typeof read === 'object' && read ? JSON.stringify(read) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads the address bar; what is no day, number or known word is left out. */
export function readFigureParams(search: Record<string, unknown>): FigureParams {
  const { behind, at } = search;
  return {
    pipeline: id(search.pipeline),
    owner: id(search.owner),
    team: id(search.team),
    from: day(search.from),
    to: day(search.to),
    as_of: day(search.as_of),
    period: search.period === 'month' ? 'month' : undefined,
    by: breakdowns.find((one) => one === search.by),
    at: typeof at === 'string' ? at : undefined,
    behind: criteriaText(behind),
  };
}
