import { IconMessages } from '@tabler/icons-react';
import type { QueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import { may, useMe } from '@/api/session';
import type { Communication } from '@/api/types';
import { recordFact } from '@/ui/facts/record-fact';
import { PersonBadge } from '@/ui/PersonBadge';
import cells from '@/ui/record-list/cells.module.css';
import type { Look } from '@/ui/record-list/columns';
import type { Listing } from '@/ui/record-list/listing';
import { When } from '@/ui/When';
import { CommunicationPeek } from './components/CommunicationPeek';
import { CommunicationStatus } from './components/CommunicationStatus';
import { Way } from './components/Way';
import { communicationFactKind } from './facts';
import { communicationQuery } from './queries';
import { titleOf } from './ways';

const usualColumns = ['subject', 'communication_type', 'occurred_at', 'customer', 'status', 'sender', 'owner_id'];

const moment = (at: string | null | undefined) => at && <When at={at} style="date-time" />;

const looks: Record<string, Look<Communication>> = {
  subject: { width: 240, grow: 3, cell: (communication) => <SubjectCell communication={communication} /> },
  communication_type: { width: 140, cell: (communication) => <Way communication={communication} /> },
  occurred_at: { width: 150, cell: ({ occurred_at }) => moment(occurred_at) },
  status: { width: 118, cell: ({ status }) => <CommunicationStatus status={status} /> },
  customer: { width: 170, grow: 1, cell: ({ customer_name }) => <span>{customer_name}</span> },
  lead: { width: 140, cell: ({ lead_name }) => <span>{lead_name}</span> },
  opportunity: { width: 160, cell: ({ opportunity_name }) => <span>{opportunity_name}</span> },
  owner_id: { width: 140, grow: 1, cell: ({ owner_name }) => owner_name && <PersonBadge name={owner_name} /> },
  team_id: { width: 110, cell: ({ team_name }) => <span>{team_name}</span> },
  content: { width: 220, grow: 2 },
  delivery_date: { width: 150, cell: ({ delivery_date }) => moment(delivery_date) },
  opened_date: { width: 150, cell: ({ opened_date }) => moment(opened_date) },
  clicked_date: { width: 150, cell: ({ clicked_date }) => moment(clicked_date) },
  duration: { width: 96, align: 'end' },
};

/** What is chosen among too many to list. */
const elsewhere = new Set(['customer', 'lead', 'opportunity', 'activity', 'delivery', 'campaign']);
const ofOne = new Set([
  ...elsewhere,
  'subject',
  'content',
  'sender',
  'recipient',
  'occurred_at',
  'link',
  'attachments',
]);

/** The log of communications. */
export function useCommunicationListing(): Listing<Communication> {
  const { t } = useTranslation();
  const me = useMe();
  const fields = useRecordFields('communications');
  const isWriter = may(me, 'communication.write');
  return useMemo(
    (): Listing<Communication> => ({
      kind: 'communications',
      icon: IconMessages,
      title: t('communications.title'),
      noun: (count) => t('communications.noun', { count }),
      search: t('communications.search'),
      noneText: t('communications.none_text'),
      fields,
      may: { write: isWriter, delete: may(me, 'communication.delete'), export: may(me, 'communication.export') },
      nameOf: titleOf,
      presets: [
        { id: 'newest', label: t('communications.presets.newest'), params: { ordering: '-occurred_at' } },
        {
          id: 'inbound',
          label: t('communications.presets.inbound'),
          params: { direction: 'inbound', ordering: '-occurred_at' },
        },
        { id: 'mine', label: t('communications.presets.mine'), params: { owner_id: 'me', ordering: '-occurred_at' } },
        {
          id: 'failed',
          label: t('communications.presets.failed'),
          params: { status__in: 'bounced,failed,missed', ordering: '-occurred_at' },
        },
      ],
      usualColumns,
      looks,
      editedFact: (communication, field) =>
        field.is_writable && !elsewhere.has(field.name)
          ? { ...recordFact(communication, field), kind: communicationFactKind(field) }
          : undefined,
      card: (communication) => <CommunicationCard communication={communication} />,
      ownerField: 'owner_id',
      isForMany: ({ name }) => !ofOne.has(name),
      Peek: CommunicationPeek,
      putElsewhere: putOnPage,
    }),
    [t, me, isWriter, fields],
  );
}

/** The page of the communication shows what the list changes. */
function putOnPage(client: QueryClient, id: number, change: (communication: Communication) => Communication) {
  const { queryKey } = communicationQuery(id);
  const page = client.getQueryData<Communication>(queryKey);
  if (!page) return () => {};
  client.setQueryData(queryKey, change(page));
  return () => client.setQueryData(queryKey, page);
}

function SubjectCell({ communication }: { communication: Communication }) {
  return (
    <Link
      to="/communications/$communicationId"
      params={{ communicationId: communication.id }}
      className={cells.name}
      data-row-link
    >
      {titleOf(communication)}
    </Link>
  );
}

function CommunicationCard({ communication }: { communication: Communication }) {
  return (
    <>
      <div className={cells.cardTop}>
        <SubjectCell communication={communication} />
        {moment(communication.occurred_at)}
      </div>
      <div className={cells.cardBottom}>
        <Way communication={communication} bare />{' '}
        {[communication.customer_name ?? communication.lead_name, communication.owner_name].filter(Boolean).join(' · ')}
      </div>
    </>
  );
}
