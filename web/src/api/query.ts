import { QueryCache, QueryClient, type QueryKey } from '@tanstack/react-query';
import { ApiError, isStatus } from './error';

const mayHeal = (error: unknown) => error instanceof ApiError && (error.status === 0 || error.status >= 502);

/** A cache of server data with our manners: refusals are not repeated, failures of the wire are, twice; a lost session is told. */
export function createQueryClient(onSignedOut: () => void = () => {}): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: (error) => isStatus(error, 401) && onSignedOut() }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 2 && mayHeal(error),
      },
      // Without a network it is said at once, with what was typed still there, instead of waiting silently.
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}

/** The first parts of query keys; a prefix addresses all queries below it. */
export const keys = {
  me: ['me'] as const,
  customerFields: ['customer-fields'] as const,
  people: ['people'] as const,
  customers: ['customers'] as const,
  customer: (id: number) => ['customer', id] as const,
  recent: ['recent'] as const,
  favourites: ['favourites'] as const,
  operations: ['operations'] as const,
  calendar: ['calendar'] as const,
  import: (id: number) => ['import', id] as const,
};

/** Changes cached data at once and answers how to take it back. Call it from `onMutate`, the answer from `onError`. */
export async function optimistic<Data>(
  client: QueryClient,
  key: QueryKey,
  change: (data: Data) => Data,
): Promise<() => void> {
  await client.cancelQueries({ queryKey: key, exact: true });
  const before = client.getQueryData<Data>(key);
  if (before === undefined) return () => {};
  client.setQueryData<Data>(key, change(before));
  return () => client.setQueryData<Data>(key, before);
}

/** The keyset position in the link to another page. */
export function cursorOf(link: string | null | undefined): string | undefined {
  if (!link) return undefined;
  return new URL(link, 'http://localhost').searchParams.get('cursor') ?? undefined;
}
