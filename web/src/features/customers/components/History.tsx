import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
import type { TimelinePage } from '@/api/types';
import { ErrorState } from '@/ui/ErrorState';
import { activityKinds } from '@/ui/timeline/activity-entry';
import { communicationKinds } from '@/ui/timeline/communication-entry';
import { Timeline } from '@/ui/timeline/Timeline';
import { relationsQuery, timelineQuery } from '../queries';
import { timelineEntry, type Words } from '../timeline-entries';
import { useRoles } from './use-roles';

/** Chips of the timeline, and the kinds of events each stands for. */
const chips = {
  note: 'note',
  activity: activityKinds,
  communication: communicationKinds,
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
  const { data: relations } = useQuery(relationsQuery(id));
  const roles = useRoles();
  const entries = useMemo(() => {
    const words: Words = {
      fields: byName,
      nameOf: (other) => relations?.find(({ other_id }) => other_id === other)?.other_name,
      roleOf: (role) => roles.find(({ value }) => value === role)?.label ?? role,
    };
    return data?.pages.flatMap((page) => page.results.flatMap((event) => timelineEntry(event, words, t) ?? [])) ?? [];
  }, [data, byName, relations, roles, t]);

  const onMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);

  if (error && !data) return <ErrorState error={error} onRetry={() => refetch()} />;
  return (
    <Timeline
      entries={entries}
      kinds={Object.entries(chips).map(([name, kinds]) => ({ value: kinds, label: t(`customers.kind.${name}`) }))}
      kind={kind}
      onKind={setKind}
      hasMore={hasNextPage}
      isLoading={isFetchingNextPage || isPending}
      onMore={onMore}
    />
  );
}
