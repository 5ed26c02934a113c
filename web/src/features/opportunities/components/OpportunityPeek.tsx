import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import type { Opportunity } from '@/api/types';
import { ErrorState } from '@/ui/ErrorState';
import { FactList } from '@/ui/facts/FactList';
import { recordFact } from '@/ui/facts/record-fact';
import { PersonBadge } from '@/ui/PersonBadge';
import type { PeekProps } from '@/ui/record-list/listing';
import { PeekBones, PeekHead, PeekPanel } from '@/ui/record-list/PeekPanel';
import { opportunityQuery } from '../queries';

const shown = [
  'amount',
  'probability',
  'category',
  'expected_close_date',
  'next_step',
  'competitor',
  'source',
  'description',
  'win_reason',
  'loss_reason',
];

/** An opportunity beside the list: what matters, to be edited in place. */
export function OpportunityPeek({ onSave, ...panel }: PeekProps<Opportunity>) {
  const { id } = panel;
  const { t } = useTranslation();
  const { data: opportunity, error, refetch } = useQuery(opportunityQuery(id));
  const { list, byName } = useRecordFields('opportunities');
  const facts = opportunity
    ? [...shown.flatMap((name) => byName.get(name) ?? []), ...list.filter((field) => field.is_custom)].map((field) => ({
        ...recordFact(opportunity, field),
        readOnly: !field.is_writable,
      }))
    : [];

  return (
    <PeekPanel
      {...panel}
      noun={t('opportunities.noun', { count: 1 })}
      page={(props) => <Link to="/opportunities/$opportunityId" params={{ opportunityId: id }} {...props} />}
    >
      {error && !opportunity && <ErrorState error={error} onRetry={() => refetch()} />}
      {!error && !opportunity && <PeekBones />}
      {opportunity && (
        <>
          <PeekHead name={opportunity.name}>
            <span>{opportunity.opportunity_number}</span>
            {opportunity.customer !== null && (
              <Link to="/customers/$customerId" params={{ customerId: opportunity.customer }}>
                {opportunity.customer_name}
              </Link>
            )}
            {opportunity.sales_rep_name && <PersonBadge name={opportunity.sales_rep_name} />}
          </PeekHead>
          <FactList
            groups={[{ name: 'facts', label: t('opportunities.deal'), facts }]}
            readOnly={!onSave}
            onSave={async (name, value) => onSave?.(opportunity, name, value)}
          />
        </>
      )}
    </PeekPanel>
  );
}
