import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { reasonsQuery } from '@/api/reasons';
import { ErrorState } from '@/ui/ErrorState';
import { Page } from '@/ui/page/Page';
import { ReasonsPart } from '../components/ReasonsPart';
import { reasonKinds } from '../queries';

/** The reasons that forms offer, by what they are for. */
export function ReasonsPage() {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(reasonsQuery);
  return (
    <Page title={t('common.settings.reasons')} lead={t('reasons.lead')}>
      {error && !data && <ErrorState error={error} onRetry={() => refetch()} />}
      {!data && !error && <Skeleton height={520} />}
      {data && reasonKinds.map((kind) => <ReasonsPart key={kind} kind={kind} reasons={data[kind]} />)}
    </Page>
  );
}
