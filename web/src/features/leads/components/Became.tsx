import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

/** The ways to what a lead became. */
export function Became({
  customer_id,
  contact_id,
  opportunity_id,
}: {
  customer_id: number | null;
  contact_id?: number | null;
  opportunity_id?: number | null;
}) {
  const { t } = useTranslation();
  const links = [
    customer_id != null && (
      <Link key="customer" to="/customers/$customerId" params={{ customerId: customer_id }}>
        {t('leads.convert.customer')}
      </Link>
    ),
    contact_id != null && (
      <Link key="contact" to="/customers/$customerId" params={{ customerId: contact_id }}>
        {t('leads.convert.contact')}
      </Link>
    ),
    opportunity_id != null && (
      <Link key="opportunity" to="/opportunities/$opportunityId" params={{ opportunityId: opportunity_id }}>
        {t('leads.convert.opportunity')}
      </Link>
    ),
  ].filter(Boolean);
  return (
    <span>
      {links.map((link, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the links have an order of their own
        <span key={place}>
          {place > 0 && ' · '}
          {link}
        </span>
      ))}
    </span>
  );
}
