import { Link } from '@tanstack/react-router';
import type { Communication } from '@/api/types';

/** With whom it was: the customer, the lead, the opportunity, the activity it was logged by; each a link. */
export function With({ communication }: { communication: Communication }) {
  const { customer, customer_name, lead, lead_name, opportunity, opportunity_name } = communication;
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
