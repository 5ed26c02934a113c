import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { noteActionsOf } from '@/api/record-activity';
import { useRecordFields } from '@/api/record-fields';
import type { Lead } from '@/api/types';
import { ErrorState } from '@/ui/ErrorState';
import { FactList } from '@/ui/facts/FactList';
import { PersonBadge } from '@/ui/PersonBadge';
import type { PeekProps } from '@/ui/record-list/listing';
import { PeekBones, PeekHead, PeekPanel, PeekPart } from '@/ui/record-list/PeekPanel';
import { factGroups } from '../facts';
import { leadQuery } from '../queries';
import { titleOf } from '../title';
import { LeadHistory } from './LeadHistory';
import { LeadStatus } from './LeadStatus';

/** A lead beside the list: what matters, to be edited in place, and what happened last. */
export function LeadPeek({ onSave, ...panel }: PeekProps<Lead>) {
  const { id } = panel;
  const { t } = useTranslation();
  const { data: lead, error, refetch } = useQuery(leadQuery(id));
  const client = useQueryClient();
  const notes = useMemo(() => noteActionsOf(client, 'leads', id), [client, id]);
  const { list: fields } = useRecordFields('leads');
  const groups = useMemo(() => (lead ? factGroups(lead, fields, t) : []), [lead, fields, t]);

  return (
    <PeekPanel
      {...panel}
      noun={t('leads.noun', { count: 1 })}
      page={(props) => <Link to="/leads/$leadId" params={{ leadId: id }} {...props} />}
    >
      {error && !lead && <ErrorState error={error} onRetry={() => refetch()} />}
      {!error && !lead && <PeekBones />}
      {lead && (
        <>
          <PeekHead name={titleOf(lead)}>
            <LeadStatus status={lead.status} />
            <span>{lead.lead_number}</span>
            {lead.assigned_to_name && <PersonBadge name={lead.assigned_to_name} />}
          </PeekHead>
          <FactList groups={groups} readOnly={!onSave} onSave={async (name, value) => onSave?.(lead, name, value)} />
          <PeekPart title={t('common.record.history')}>
            <LeadHistory id={id} actions={notes} />
          </PeekPart>
        </>
      )}
    </PeekPanel>
  );
}
