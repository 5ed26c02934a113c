import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Lead } from '@/api/types';
import { Panel } from '@/ui/record-page/Panel';
import { countOf, leadCheckQuery } from '../duplicates';
import { titleOf } from '../title';
import classes from './Lead.module.css';
import { LeadLink } from './LeadLink';
import { LeadStatus } from './LeadStatus';
import lines from './Lines.module.css';

/** By what doubles are found. */
const telling = ['first_name', 'last_name', 'company', 'email', 'phone', 'website'] as const;

/** Which other leads and which customers the lead may be. Absent where there are none, or where it has become one. */
export function DuplicatesPanel({ lead }: { lead: Lead }) {
  const { t } = useTranslation();
  const known = telling.flatMap((name) => (lead[name] ? [[name, lead[name]]] : []));
  const draft = { id: lead.id, ...Object.fromEntries(known) };
  const { data } = useQuery(leadCheckQuery(draft, lead.status !== 'converted'));
  const check = data?.check;
  if (!check || lead.status === 'converted' || countOf(check) === 0) return null;
  const hidden = check.hidden_count + check.customers.hidden_count;
  return (
    <Panel title={t('leads.duplicate.similar')}>
      <ul className={lines.lines}>
        {check.leads.map(({ lead: other, reasons }) => (
          <li key={`lead ${other.id}`}>
            <LeadLink id={other.id} name={titleOf(other)} /> <LeadStatus status={other.status} />
            <p className={classes.dim}>
              {[t('leads.duplicate.lead'), other.lead_number, ...reasons.map(({ text }) => text)].join(' · ')}
            </p>
          </li>
        ))}
        {check.customers.candidates.map(({ customer, reasons }) => (
          <li key={`customer ${customer.id}`}>
            <Link to="/customers/$customerId" params={{ customerId: customer.id }}>
              {customer.name}
            </Link>
            <p className={classes.dim}>
              {[t('leads.duplicate.customer'), customer.customer_code].join(' · ')} ·{' '}
              {reasons.map(({ text }) => text).join(' ')}
            </p>
          </li>
        ))}
      </ul>
      {hidden > 0 && <p className={classes.dim}>{t('leads.duplicate.hidden', { count: hidden })}</p>}
    </Panel>
  );
}
