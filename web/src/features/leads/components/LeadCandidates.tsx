import { Anchor, Checkbox } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { LeadChecked } from '@/api/types';
import { formatPhone } from '@/lib/phone';
import { countOf } from '../duplicates';
import { titleOf } from '../title';
import classes from './LeadCandidates.module.css';
import { LeadStatus } from './LeadStatus';

/**
 * Which leads and customers a new lead may be already. Stands below what is being typed, so that nothing moves under the hands, and is
 * told once, politely. Where the server refused it for them, one has to say that one means it.
 */
export function LeadCandidates({
  check,
  isAsked,
  isMeant,
  onMeant,
}: {
  check: LeadChecked | undefined;
  isAsked: boolean;
  isMeant: boolean;
  onMeant: (meant: boolean) => void;
}) {
  const { t } = useTranslation();
  const found = countOf(check);
  const hidden = check ? check.hidden_count + check.customers.hidden_count : 0;
  const link = (href: string, name: string) => (
    <Anchor href={href} target="_blank" rel="noreferrer" fw={500}>
      {name}
      <span className="visually-hidden"> ({t('leads.duplicate.new_tab')})</span>
    </Anchor>
  );
  return (
    <>
      <div className="visually-hidden" role="status">
        {found > 0 ? t('leads.duplicate.found', { count: found }) : ''}
      </div>
      {check && found > 0 && (
        <section className={classes.candidates} aria-labelledby="lead-candidates">
          <h3 id="lead-candidates">{t('leads.duplicate.title')}</h3>
          <ul>
            {check.leads.map(({ lead, reasons }) => (
              <li key={`lead ${lead.id}`}>
                {link(`/leads/${lead.id}`, titleOf(lead))} <LeadStatus status={lead.status} />
                <p className={classes.dim}>
                  {[t('leads.duplicate.lead'), lead.lead_number, lead.company, lead.email, formatPhone(lead.phone)]
                    .filter(Boolean)
                    .join(' · ')}
                </p>
                <p className={classes.dim}>{reasons.map(({ text }) => text).join(' · ')}</p>
              </li>
            ))}
            {check.customers.candidates.map(({ customer, reasons }) => (
              <li key={`customer ${customer.id}`}>
                {link(`/customers/${customer.id}`, customer.name)}
                <p className={classes.dim}>
                  {[t('leads.duplicate.customer'), customer.customer_code, customer.city, customer.primary_email]
                    .filter(Boolean)
                    .join(' · ')}
                </p>
                <p className={classes.dim}>{reasons.map(({ text }) => text).join(' ')}</p>
              </li>
            ))}
          </ul>
          {hidden > 0 && <p className={classes.dim}>{t('leads.duplicate.hidden', { count: hidden })}</p>}
          {isAsked && (
            <Checkbox
              mt="xs"
              label={t('leads.duplicate.meant')}
              checked={isMeant}
              onChange={(event) => onMeant(event.currentTarget.checked)}
            />
          )}
        </section>
      )}
    </>
  );
}
