import { IconTargetArrow } from '@tabler/icons-react';
import type { QueryClient } from '@tanstack/react-query';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { pipelinesQuery } from '@/api/pipelines';
import { useRecordFields } from '@/api/record-fields';
import { may, useMe } from '@/api/session';
import type { Opportunity, Pipeline } from '@/api/types';
import { formatPercent } from '@/lib/percent';
import { recordFact } from '@/ui/facts/record-fact';
import { Money } from '@/ui/Money';
import { PersonBadge } from '@/ui/PersonBadge';
import { RowLink } from '@/ui/RowLink';
import cells from '@/ui/record-list/cells.module.css';
import type { Look } from '@/ui/record-list/columns';
import type { Listing } from '@/ui/record-list/listing';
import { useLanguage } from '@/ui/use-language';
import { When } from '@/ui/When';
import { OpportunityPeek } from './components/OpportunityPeek';
import { opportunityQuery } from './queries';

const usualColumns = [
  'name',
  'customer',
  'stage',
  'amount',
  'probability',
  'expected_close_date',
  'category',
  'sales_rep',
  'next_step',
  'updated_at',
];

/** What is changed by moving the opportunity, or tells one from another, is not changed in a row. */
const notInRow = new Set(['opportunity_number', 'customer', 'lead', 'pipeline', 'stage', 'probability_source']);
const ofOne = new Set([...notInRow, 'name', 'amount', 'win_reason', 'loss_reason', 'actual_close_date']);

/** The list of opportunities. */
export function useOpportunityListing(): Listing<Opportunity> {
  const { t } = useTranslation();
  const me = useMe();
  const language = useLanguage();
  const fields = useRecordFields('opportunities');
  const { data: pipelines } = useSuspenseQuery(pipelinesQuery);
  return useMemo(
    () => ({
      kind: 'opportunities',
      icon: IconTargetArrow,
      title: t('opportunities.title'),
      noun: (count) => t('opportunities.noun', { count }),
      search: t('opportunities.search'),
      noneText: t('opportunities.none_text'),
      fields,
      may: {
        write: may(me, 'opportunity.write'),
        delete: may(me, 'opportunity.delete'),
        export: may(me, 'opportunity.export'),
      },
      nameOf: ({ name }) => name,
      usualColumns,
      looks: looksIn(pipelines, language === 'tr'),
      editedFact: (opportunity, field) =>
        field.is_writable && !notInRow.has(field.name) ? recordFact(opportunity, field) : undefined,
      card: (opportunity) => <OpportunityCard opportunity={opportunity} />,
      ownerField: 'sales_rep',
      isForMany: ({ name }) => !ofOne.has(name),
      Peek: OpportunityPeek,
      putElsewhere: putOnPage,
    }),
    [t, me, fields, pipelines, language],
  );
}

function looksIn(pipelines: Pipeline[], isTurkish: boolean): Record<string, Look<Opportunity>> {
  const stages = new Map(pipelines.flatMap(({ stages }) => stages.map((stage) => [stage.id, stage] as const)));
  return {
    name: { width: 200, grow: 3, cell: (opportunity) => <NameCell opportunity={opportunity} /> },
    opportunity_number: {
      width: 112,
      cell: ({ opportunity_number }) => <span className={cells.code}>{opportunity_number}</span>,
    },
    customer: {
      width: 160,
      grow: 2,
      cell: ({ customer, customer_name }) =>
        customer !== null && (
          <Link to="/customers/$customerId" params={{ customerId: customer }} className={cells.link}>
            {customer_name}
          </Link>
        ),
    },
    pipeline: {
      width: 130,
      cell: ({ pipeline }) => <span>{pipelines.find(({ id }) => id === pipeline)?.name}</span>,
    },
    stage: {
      width: 122,
      grow: 1,
      cell: ({ stage, stage_id }) => {
        const found = stages.get(stage_id ?? 0);
        return <span>{found ? (isTurkish ? found.name_tr : found.name_en) : stage}</span>;
      },
    },
    probability: { width: 96, align: 'end', cell: ({ probability }) => <Percent value={probability} /> },
    sales_rep: {
      width: 130,
      grow: 1,
      cell: ({ sales_rep_name }) => sales_rep_name && <PersonBadge name={sales_rep_name} />,
    },
    team_id: { width: 110, cell: ({ team_name }) => <span>{team_name}</span> },
    next_step: { width: 140, grow: 2 },
  };
}

function Percent({ value }: { value: string | null }) {
  const language = useLanguage();
  if (value === null) return null;
  return <span>{formatPercent(Number(value) / 100, language)}</span>;
}

/** The page of the opportunity shows what the list changes. */
function putOnPage(client: QueryClient, id: number, change: (one: Opportunity) => Opportunity): () => void {
  const { queryKey } = opportunityQuery(id);
  const page = client.getQueryData<Opportunity>(queryKey);
  if (!page) return () => {};
  client.setQueryData(queryKey, change(page));
  return () => client.setQueryData(queryKey, page);
}

function NameCell({ opportunity: { id, name, outcome } }: { opportunity: Opportunity }) {
  return (
    <RowLink to={`/opportunities/${id}`} className={cells.name} inactive={outcome !== 'open'}>
      {name}
    </RowLink>
  );
}

function OpportunityCard({ opportunity }: { opportunity: Opportunity }) {
  const { amount, currency, customer_name, expected_close_date } = opportunity;
  return (
    <>
      <div className={cells.cardTop}>
        <NameCell opportunity={opportunity} />
        {amount !== null && (
          <span className={cells.money}>
            <Money amount={amount} currency={currency} compact />
          </span>
        )}
      </div>
      <div className={cells.cardBottom}>
        {customer_name}
        {expected_close_date && (
          <>
            {' · '}
            <When at={expected_close_date} />
          </>
        )}
      </div>
    </>
  );
}
