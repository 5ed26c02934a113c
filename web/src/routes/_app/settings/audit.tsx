import { createFileRoute } from '@tanstack/react-router';
import { type AuditParams, auditParams } from '@/features/audit/audit';
import { AuditPage } from '@/features/audit/pages/AuditPage';

export const Route = createFileRoute('/_app/settings/audit')({
  validateSearch: (search: Record<string, unknown>): AuditParams =>
    Object.fromEntries(auditParams.filter((name) => search[name]).map((name) => [name, String(search[name])])),
  component: Audit,
});

function Audit() {
  const params = Route.useSearch();
  const navigate = Route.useNavigate();
  return <AuditPage params={params} onParams={(search) => navigate({ search, replace: true })} />;
}
