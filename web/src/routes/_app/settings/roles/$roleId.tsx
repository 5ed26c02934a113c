import { createFileRoute, notFound } from '@tanstack/react-router';
import { customerFieldsQuery } from '@/api/customer-fields';
import { may, meQuery } from '@/api/session';
import { RolePage } from '@/features/identity/pages/RolePage';

export const Route = createFileRoute('/_app/settings/roles/$roleId')({
  params: {
    parse: ({ roleId }) => {
      if (!/^(\d+|new)$/.test(roleId)) throw notFound();
      return { roleId };
    },
  },
  validateSearch: (search: Record<string, unknown>): { from?: string } =>
    /^\d+$/.test(String(search.from)) ? { from: String(search.from) } : {},
  loader: async ({ context }) => {
    const me = await context.queryClient.ensureQueryData(meQuery);
    if (may(me, 'customer.read')) await context.queryClient.ensureQueryData(customerFieldsQuery);
  },
  component: RoleOf,
});

function RoleOf() {
  const { roleId } = Route.useParams();
  const { from } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <RolePage
      key={`${roleId} ${from}`}
      id={roleId === 'new' ? undefined : Number(roleId)}
      from={from === undefined ? undefined : Number(from)}
      onSaved={() => navigate({ to: '/settings/roles' })}
    />
  );
}
