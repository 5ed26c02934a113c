import { IconUserSearch } from '@tabler/icons-react';
import type { QueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import { may, useMe } from '@/api/session';
import type { Lead } from '@/api/types';
import { formatPhone } from '@/lib/phone';
import { recordFact } from '@/ui/facts/record-fact';
import { PersonBadge } from '@/ui/PersonBadge';
import { RowLink } from '@/ui/RowLink';
import cells from '@/ui/record-list/cells.module.css';
import type { Look } from '@/ui/record-list/columns';
import type { Listing } from '@/ui/record-list/listing';
import type { RowAction } from '@/ui/record-table/action';
import { LeadBulkTools } from './components/LeadBulkTools';
import { LeadPeek } from './components/LeadPeek';
import { LeadStatus } from './components/LeadStatus';
import { SlaClock } from './components/SlaClock';
import type { LeadCommands } from './components/use-lead-commands';
import { leadFactKind } from './facts';
import { leadQuery } from './queries';
import { titleOf } from './title';

const usualColumns = [
  'name',
  'company',
  'status',
  'lead_score',
  'sla_due_at',
  'source',
  'phone',
  'email',
  'assigned_to',
  'created_at',
];

const looks: Record<string, Look<Lead>> = {
  name: { width: 180, grow: 3, cell: (lead) => <NameCell lead={lead} /> },
  lead_number: { width: 112, cell: ({ lead_number }) => <span className={cells.code}>{lead_number}</span> },
  company: { width: 140, grow: 2 },
  status: { width: 118, cell: ({ status }) => <LeadStatus status={status} /> },
  lead_score: { width: 104, align: 'end' },
  sla_due_at: { width: 152, cell: (lead) => <Waiting lead={lead} /> },
  source: { width: 120, grow: 1 },
  phone: { width: 148 },
  email: { width: 160, grow: 2 },
  assigned_to: {
    width: 130,
    grow: 1,
    cell: ({ assigned_to_name }) => assigned_to_name && <PersonBadge name={assigned_to_name} />,
  },
  team_id: { width: 110, cell: ({ team_name }) => <span>{team_name}</span> },
  referred_by: { width: 140, cell: ({ referred_by_name }) => <span>{referred_by_name}</span> },
};

/** What only commands change, or what tells one lead from another. */
const byCommand = new Set(['lead_number', 'status', 'assigned_to', 'disqualify_reason', 'referred_by']);
const ofOne = new Set([...byCommand, 'first_name', 'last_name', 'company', 'email', 'phone', 'website', 'notes']);

/** Those that wait for somebody, whose time is up first. */
const open = { status__in: 'new,working,nurturing' };

/** The list of leads. */
export function useLeadListing(commands: LeadCommands): Listing<Lead> {
  const { t } = useTranslation();
  const me = useMe();
  const fields = useRecordFields('leads');
  const isWriter = may(me, 'lead.write');
  const { move, junk, assign, convert } = commands;
  const rowActions: RowAction<Lead>[] = [];
  if (isWriter) {
    rowActions.push(
      { keys: 'q', label: t('leads.qualify.do'), run: (lead) => move(lead, 'qualified') },
      { keys: 'a', label: t('leads.assign.do'), run: assign },
      { keys: 'd', label: t('leads.disqualify.do'), run: (lead) => move(lead, 'disqualified') },
      { keys: '!', label: t('leads.disqualify.junk'), run: junk },
    );
  }
  if (may(me, 'lead.convert')) rowActions.push({ keys: 'c', label: t('leads.convert.do'), run: convert });
  // Columns follow from it: it must not change with every answer of the server.
  const listing = useMemo(
    (): Listing<Lead> => ({
      kind: 'leads',
      icon: IconUserSearch,
      title: t('leads.title'),
      noun: (count) => t('leads.noun', { count }),
      search: t('leads.search'),
      noneText: t('leads.none_text'),
      fields,
      may: { write: isWriter, delete: may(me, 'lead.delete'), export: may(me, 'lead.export') },
      nameOf: titleOf,
      presets: [
        { id: 'inbox', label: t('leads.presets.inbox'), params: { ...open, ordering: 'sla_due_at' } },
        { id: 'mine', label: t('leads.presets.mine'), params: { ...open, assigned_to: 'me', ordering: 'sla_due_at' } },
        {
          id: 'unassigned',
          label: t('leads.presets.unassigned'),
          params: { ...open, assigned_to__is_empty: '', ordering: '-created_at' },
        },
      ],
      usualColumns,
      looks,
      editedFact: (lead, field) =>
        field.is_writable && !byCommand.has(field.name)
          ? { ...recordFact(lead, field), kind: leadFactKind(field) }
          : undefined,
      card: (lead) => <LeadCard lead={lead} />,
      ownerField: 'assigned_to',
      isForMany: ({ name }) => !ofOne.has(name),
      Bulk: LeadBulkTools,
      Peek: LeadPeek,
      putElsewhere: putOnPage,
    }),
    [t, me, isWriter, fields],
  );
  return { ...listing, rowActions };
}

/** The page of the lead shows what the list changes. */
function putOnPage(client: QueryClient, id: number, change: (lead: Lead) => Lead): () => void {
  const { queryKey } = leadQuery(id);
  const page = client.getQueryData<Lead>(queryKey);
  if (!page) return () => {};
  client.setQueryData(queryKey, change(page));
  return () => client.setQueryData(queryKey, page);
}

const isOver = ({ status }: Lead) => status === 'disqualified' || status === 'converted';

/** How long the lead may still wait; one that somebody has touched, or that has come to its end, waits no more. */
function Waiting({ lead }: { lead: Lead }) {
  return lead.sla_due_at && !lead.first_touched_at && !isOver(lead) ? <SlaClock due={lead.sla_due_at} /> : null;
}

function NameCell({ lead }: { lead: Lead }) {
  return (
    <RowLink to={`/leads/${lead.id}`} className={cells.name} inactive={isOver(lead)}>
      {titleOf(lead)}
    </RowLink>
  );
}

function LeadCard({ lead }: { lead: Lead }) {
  const second = [lead.company !== titleOf(lead) && lead.company, formatPhone(lead.phone) || lead.email];
  return (
    <>
      <div className={cells.cardTop}>
        <NameCell lead={lead} />
        <LeadStatus status={lead.status} />
      </div>
      <div className={cells.cardBottom}>{second.filter(Boolean).join(' · ') || lead.lead_number}</div>
    </>
  );
}
