import { queryOptions } from '@tanstack/react-query';
import { http } from '@/api/client';
import type { LocalField } from '@/api/customer-fields';
import type { RecordKind } from '@/api/records';
import type { components } from '@/api/schema';
import type { Criteria } from '../filters/criteria';

type Schemas = components['schemas'];

/** A figure over a list. */
export type Total = Schemas['Total'];
/** What is figured out of a field. */
export type TotalFunction = Schemas['TotalFunction'];

/** The most that is asked for at once: the server's limit. */
const MAX_TOTALS = 20;

/** What can be figured out of a field: sums of what is counted, ends of what has an order. */
export function functionsOf({ kind, is_many }: LocalField): TotalFunction[] {
  const counts: TotalFunction[] =
    is_many || kind === 'multi_choice' ? ['filled', 'empty'] : ['filled', 'empty', 'distinct'];
  if (kind === 'money' || kind === 'number') return ['sum', 'average', 'min', 'max', ...counts];
  return kind === 'date' || kind === 'date_time' ? ['min', 'max', ...counts] : counts;
}

/** Figures over all that a criteria and a search find, not only what is loaded. */
export function totalsQuery(
  kind: RecordKind,
  asked: { criteria: Criteria; search: string },
  totals: { field: string; function: TotalFunction }[],
) {
  return queryOptions({
    queryKey: [kind, 'totals', asked, totals],
    enabled: totals.length > 0,
    queryFn: async ({ signal }) => {
      const body = {
        criteria: asked.criteria as Record<string, unknown>,
        search: asked.search || null,
        totals: totals.slice(0, MAX_TOTALS),
      };
      return ((await http.POST(`/api/v1/crm/${kind}/totals/`, { body, signal })).data?.totals ?? []) as Total[];
    },
  });
}
