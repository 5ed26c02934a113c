import { useTranslation } from 'react-i18next';
import type { LeadChecked } from '@/api/types';
import { formatPhone } from '@/lib/phone';
import { Candidate, CandidatesBox } from '@/ui/new-record/CandidatesBox';
import { countOf } from '../duplicates';
import { titleOf } from '../title';
import { LeadStatus } from './LeadStatus';

/** Which leads and customers a new lead may be. */
export function LeadCandidates({
  check,
  isAsked,
  isMeant,
  onMeant,
}: {
  check: LeadChecked | undefined;
  /** Whether to ask for an explicit word. */
  isAsked: boolean;
  isMeant: boolean;
  onMeant: (meant: boolean) => void;
}) {
  const { t } = useTranslation();
  const count = countOf(check);
  const hidden = check ? check.hidden_count + check.customers.hidden_count : 0;
  return (
    <CandidatesBox
      title={t('leads.duplicate.title')}
      said={count > 0 ? t('leads.duplicate.found', { count }) : ''}
      hidden={hidden > 0 ? t('leads.duplicate.hidden', { count: hidden }) : undefined}
      meant={isAsked ? { label: t('leads.duplicate.meant'), isMeant, onMeant } : undefined}
    >
      {check?.leads.map(({ lead, reasons }) => (
        <Candidate
          key={`lead ${lead.id}`}
          href={`/leads/${lead.id}`}
          name={titleOf(lead)}
          mark={<LeadStatus status={lead.status} />}
          lines={[
            [t('leads.duplicate.lead'), lead.lead_number, lead.company, lead.email, formatPhone(lead.phone)],
            reasons.map(({ text }) => text),
          ]}
        />
      ))}
      {check?.customers.candidates.map(({ customer, reasons }) => (
        <Candidate
          key={`customer ${customer.id}`}
          href={`/customers/${customer.id}`}
          name={customer.name}
          lines={[
            [t('leads.duplicate.customer'), customer.customer_code, customer.city, customer.primary_email],
            reasons.map(({ text }) => text),
          ]}
        />
      ))}
    </CandidatesBox>
  );
}
