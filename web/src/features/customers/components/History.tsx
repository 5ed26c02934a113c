import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
import type { TimelinePage } from '@/api/types';
import { ErrorState } from '@/ui/ErrorState';
import { Timeline } from '@/ui/timeline/Timeline';
import { timelineQuery } from '../queries';
import { timelineEntry } from '../timeline-entries';

/** Chips of the timeline, and the kinds of events each stands for. */
const chips = {
  customer: 'customer.created,customer.updated,customer.deleted,customer.restored',
  relation: 'relation.created,relation.updated,relation.deleted',
  consent: 'consent.recorded',
} as const;

/** What happened with a customer. The first page comes with the customer and is refreshed behind it. */
export function History({ id, first }: { id: number; first: TimelinePage }) {
  const { t } = useTranslation();
  const { byName } = useCustomerFields();
  const [kind, setKind] = useState('');
  const { data, error, hasNextPage, isFetchingNextPage, isPending, fetchNextPage, refetch } = useInfiniteQuery({
    ...timelineQuery(id, kind),
    initialData: kind === '' ? { pages: [first], pageParams: [undefined] } : undefined,
  });
  const entries = useMemo(
    () => data?.pages.flatMap((page) => page.results.map((event) => timelineEntry(event, byName, t))) ?? [],
    [data, byName, t],
  );

  if (error && !data) return <ErrorState error={error} onRetry={() => refetch()} />;
  return (
    <Timeline
      entries={entries}
      kinds={Object.entries(chips).map(([name, kinds]) => ({ value: kinds, label: t(`customers.kind.${name}`) }))}
      kind={kind}
      onKind={setKind}
      hasMore={hasNextPage}
      isLoading={isFetchingNextPage || isPending}
      onMore={fetchNextPage}
    />
  );
}
