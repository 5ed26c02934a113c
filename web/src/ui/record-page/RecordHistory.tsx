import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { recordTimelineQuery } from '@/api/record-activity';
import type { SalesRecord } from '@/api/record-fields';
import type { RecordEntry } from '@/api/types';
import { ErrorState } from '../ErrorState';
import { Timeline, type TimelineEntry } from '../timeline/Timeline';

/** What happened with a record, the newest first. */
export function RecordHistory({
  kind,
  id,
  chips,
  entryOf,
}: {
  kind: SalesRecord;
  id: number;
  /** Kinds of events to narrow it to, each with its name. */
  chips: { value: string; label: string }[];
  /** An event as an entry; none where another one tells it. The same function as long as it says the same. */
  entryOf: (event: RecordEntry) => TimelineEntry | undefined;
}) {
  const [chosen, choose] = useState('');
  const { data, error, hasNextPage, isFetchingNextPage, isPending, fetchNextPage, refetch } = useInfiniteQuery(
    recordTimelineQuery(kind, id, chosen),
  );
  const entries = useMemo(
    () => data?.pages.flatMap((page) => page.results.flatMap((event) => entryOf(event) ?? [])) ?? [],
    [data, entryOf],
  );
  const onMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);

  if (error && !data) return <ErrorState error={error} onRetry={() => refetch()} />;
  return (
    <Timeline
      entries={entries}
      kinds={chips}
      kind={chosen}
      onKind={choose}
      hasMore={hasNextPage}
      isLoading={isFetchingNextPage || isPending}
      onMore={onMore}
    />
  );
}
