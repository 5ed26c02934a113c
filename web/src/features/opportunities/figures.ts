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
  /** The figure whose opportunities are shown: a criteria, or the parameters that list them, as JSON. */
  behind?: string;
}

/** A stage in figures. */
export type StageFigures = Schemas['StageFigures'];

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

/** A line of the list behind a figure. */
export interface CountedLine {
  id: number;
  name: string;
  customer_name: string | null;
  /** When it closes, where it is listed as it stands now. */
  day?: string | null;
  /** Days in the stage, or by which the close was moved, where the figure counts them. */
  days?: number | null;
  amount?: string | null;
  /** None is the organisation's. */
  currency?: string;
}

/** What is behind a figure: its first lines, and how many there are. */
export interface Counted {
  lines: CountedLine[];
  count: number;
  isCapped: boolean;
  isMore: boolean;
  /** Whether the largest stand first; else the newest do. */
  isByAmount: boolean;
}

/**
 * The opportunities behind a figure, in an order where a criteria names them. What no criteria can tell (a stay, a move, a past day) the figure
 * names by parameters of its own, which go with those of the question.
 */
export function behindQuery(
  behind: string,
  ordering: string | null,
  { pipeline, owner, team, from, to, as_of }: FigureParams,
) {
  const page = { page_size: FEW_BEHIND };
  const asked = { pipeline, owner, team };
  return queryOptions({
    queryKey: ['opportunities', 'behind', behind, ordering, asked, from, to, as_of],
    queryFn: async ({ signal }): Promise<Counted> => {
      const read = JSON.parse(behind);
      if ('figure' in read) {
        const query = { ...asked, from, to, as_of, ...read, ...page };
        return counted((await http.GET('/api/v1/crm/pipeline/opportunities/', { params: { query }, signal })).data);
      }
      if ('past_period' in read) {
        const query = { ...asked, ...read, ...page };
        return counted((await http.GET('/api/v1/crm/forecast/opportunities/', { params: { query }, signal })).data);
      }
      const body = { criteria: read, ordering, ...page };
      const { data } = await http.POST('/api/v1/crm/opportunities/search/', { body: body as never, signal });
      const list = data as OpportunityList;
      return {
        ...sizeOf(list),
        isByAmount: ordering !== null,
        lines: list.results.map((line) => ({ ...line, day: line.actual_close_date ?? line.expected_close_date })),
      };
    },
  });
}

/** Lines shown behind a figure. */
const FEW_BEHIND = 50;

type Sized = Pick<OpportunityList, 'count' | 'count_is_capped' | 'next'>;

const sizeOf = ({ count, count_is_capped, next }: Sized) => ({
  count: count ?? 0,
  isCapped: count_is_capped ?? false,
  isMore: Boolean(next),
});

function counted(answer: unknown): Counted {
  const list = answer as Sized & { results: Schemas['CountedOpportunity'][] };
  return { ...sizeOf(list), isByAmount: false, lines: list.results };
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
