import { Button } from '@mantine/core';
import {
  IconArrowsExchange,
  IconChevronLeft,
  IconMail,
  IconPhone,
  IconUserBolt,
  IconUserPlus,
  type TablerIcon,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import { may, useMe } from '@/api/session';
import type { Lead } from '@/api/types';
import { formatPhone } from '@/lib/phone';
import { PersonBadge } from '@/ui/PersonBadge';
import { Favourite } from '@/ui/record-page/Favourite';
import { Here } from '@/ui/record-page/Here';
import { RecordHead } from '@/ui/record-page/RecordHead';
import { reasonSaid } from '../reasons';
import { titleOf } from '../title';
import { Became } from './Became';
import classes from './Lead.module.css';
import { LeadMenu } from './LeadMenu';
import { LeadStatus } from './LeadStatus';
import { SlaClock } from './SlaClock';
import { StatusSteps } from './StatusSteps';
import type { LeadCommands } from './use-lead-commands';

/** Who the lead is, where it stands, how long it may still wait, and what can be done with it. */
export function LeadHead({ lead, commands, isEditing }: { lead: Lead; commands: LeadCommands; isEditing: boolean }) {
  const { t } = useTranslation();
  const me = useMe();
  const isOpen = lead.status !== 'converted';
  const mayWrite = may(me, 'lead.write');
  const ways: [TablerIcon, string, string, string][] = [
    [IconPhone, t('leads.head.call'), lead.phone && `tel:${lead.phone}`, formatPhone(lead.phone)],
    [IconMail, t('leads.head.write'), lead.email && `mailto:${lead.email}`, lead.email],
  ];
  const icon = (Icon: TablerIcon) => <Icon size={15} stroke={1.7} aria-hidden />;
  return (
    <RecordHead
      back={<BackLink />}
      present={<Here kind="leads" id={lead.id} isEditing={isEditing} />}
      icon={IconUserBolt}
      title={titleOf(lead)}
      star={<Favourite kind="leads" id={lead.id} name={titleOf(lead)} />}
      under={<Summary lead={lead} />}
      actions={
        <>
          {ways.map(
            ([Icon, label, href, title]) =>
              href && (
                <Button key={label} component="a" href={href} title={title} variant="default" leftSection={icon(Icon)}>
                  {label}
                </Button>
              ),
          )}
          {mayWrite && isOpen && (
            <Button variant="default" leftSection={icon(IconUserPlus)} onClick={() => commands.assign(lead)}>
              {t('leads.assign.do')}
            </Button>
          )}
          {may(me, 'lead.convert') && isOpen && lead.status !== 'disqualified' && (
            <Button leftSection={icon(IconArrowsExchange)} onClick={() => commands.convert(lead)}>
              {t('leads.convert.do')}
            </Button>
          )}
          <LeadMenu lead={lead} />
        </>
      }
    >
      {isOpen ? (
        <StatusSteps lead={lead} onMove={mayWrite ? (status) => commands.move(lead, status) : undefined} />
      ) : (
        <p className={classes.became}>
          <span>{t('leads.convert.became')}</span>
          <Became
            customer_id={lead.converted_customer}
            contact_id={lead.converted_contact}
            opportunity_id={lead.converted_opportunity}
          />
        </p>
      )}
    </RecordHead>
  );
}

function BackLink(): ReactNode {
  const { t } = useTranslation();
  return (
    <Link to="/leads">
      <IconChevronLeft size={13} aria-hidden />
      {t('leads.title')}
    </Link>
  );
}

function Summary({ lead }: { lead: Lead }) {
  const { t } = useTranslation();
  const { byName } = useRecordFields('leads');
  const source = byName.get('source')?.choices.find(({ value }) => value === lead.source)?.label;
  const reason = lead.disqualify_reason && reasonSaid(lead.disqualify_reason, t);
  const isOpen = !['converted', 'disqualified'].includes(lead.status);
  return (
    <>
      <LeadStatus status={lead.status} />
      {reason && <span>{reason}</span>}
      <span className={classes.code}>{lead.lead_number}</span>
      {lead.name && lead.company && <span>{[lead.title, lead.company].filter(Boolean).join(', ')}</span>}
      {source && <span>{[source, lead.source_detail].filter(Boolean).join(': ')}</span>}
      {lead.lead_score != null && (
        <span>
          {t('leads.head.score')} <b className={classes.score}>{lead.lead_score}</b>
        </span>
      )}
      <span title={t('leads.head.owner')}>
        {lead.assigned_to_name ? <PersonBadge name={lead.assigned_to_name} /> : t('leads.head.nobody')}
      </span>
      {isOpen && lead.sla_due_at && <SlaClock due={lead.sla_due_at} />}
    </>
  );
}
