import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { recordTimelineQuery } from '@/api/record-activity';
import { useRecordFields } from '@/api/record-fields';
import { ErrorState } from '@/ui/ErrorState';
import type { NoteActions } from '@/ui/notes/note';
import { Timeline } from '@/ui/timeline/Timeline';
import { timelineEntry } from '../timeline-entries';

/** Chips of the timeline, and the kinds of events each stands for. */
const chips = {
  note: 'note',
  lead: 'lead.created,lead.updated,lead.deleted,lead.restored,lead.converted',
  touch: 'lead.touched',
  bant: 'lead.answered',
} as const;

/** What happened with a lead. */
export function LeadHistory({ id, actions }: { id: number; actions: NoteActions }) {
  const { t } = useTranslation();
  const { byName: fields } = useRecordFields('leads');
  const [kind, setKind] = useState('');
  const { data, error, hasNextPage, isFetchingNextPage, isPending, fetchNextPage, refetch } = useInfiniteQuery(
    recordTimelineQuery('leads', id, kind),
  );
  const entries = useMemo(
    () =>
      data?.pages.flatMap((page) =>
        page.results.flatMap((event) => timelineEntry(event, { fields, actions, t }) ?? []),
      ) ?? [],
    [data, fields, t, actions],
  );
  const onMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);

  if (error && !data) return <ErrorState error={error} onRetry={() => refetch()} />;
  return (
    <Timeline
      entries={entries}
      kinds={Object.entries(chips).map(([name, kinds]) => ({ value: kinds, label: t(`leads.kind.${name}`) }))}
      kind={kind}
      onKind={setKind}
      hasMore={hasNextPage}
      isLoading={isFetchingNextPage || isPending}
      onMore={onMore}
    />
  );
}
