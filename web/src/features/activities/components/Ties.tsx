import { Link } from '@tanstack/react-router';
import type { Activity } from '@/api/types';

/** What an activity is for: the customer, the lead, the opportunity, each a link. */
export function Ties({ activity }: { activity: Activity }) {
  const { customer, customer_name, lead, lead_name, opportunity, opportunity_name } = activity;
  return (
    <>
      {customer != null && customer_name && (
        <Link to="/customers/$customerId" params={{ customerId: customer }}>
          {customer_name}
        </Link>
      )}
      {lead != null && lead_name && (
        <Link to="/leads/$leadId" params={{ leadId: lead }}>
          {lead_name}
        </Link>
      )}
      {opportunity != null && opportunity_name && (
        <Link to="/opportunities/$opportunityId" params={{ opportunityId: opportunity }}>
          {opportunity_name}
        </Link>
      )}
    </>
  );
}
