import { queryOptions } from '@tanstack/react-query';
import { http } from './client';
import { keys } from './query';
import type { KeptLine } from './types';

/** A record of any kind, as somebody keeps it at hand, saw it lately, or finds it. */
export type KeptRecord = KeptLine;

/** What the user opened last, the latest first. */
export const recentQuery = queryOptions({
  queryKey: keys.recent,
  staleTime: 0,
  queryFn: async ({ signal }) =>
    ((await http.GET('/api/v1/crm/me/recent/', { signal })).data?.results ?? []) as KeptRecord[],
});

/** What the user keeps at hand, in their order. */
export const favouritesQuery = queryOptions({
  queryKey: keys.favourites,
  queryFn: async ({ signal }) =>
    ((await http.GET('/api/v1/crm/me/favourites/', { signal })).data?.results ?? []) as KeptRecord[],
});
