import { Link } from '@tanstack/react-router';

/** The way to a lead's page. */
export function LeadLink({ id, name }: { id: number; name: string }) {
  return (
    <Link to="/leads/$leadId" params={{ leadId: id }}>
      {name}
    </Link>
  );
}
