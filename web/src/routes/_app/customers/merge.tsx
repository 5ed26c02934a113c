import { createFileRoute } from '@tanstack/react-router';
import { customerFieldsQuery } from '@/api/customer-fields';
import { idsFrom, keptFrom, keptText } from '@/features/customers/merge';
import { MergePage } from '@/features/customers/pages/MergePage';

interface Search {
  ids?: string;
  winner?: string;
  keep?: string;
}

export const Route = createFileRoute('/_app/customers/merge')({
  validateSearch: ({ ids, winner, keep }: Record<string, unknown>): Search => ({
    ids: ids === undefined ? undefined : String(ids),
    winner: winner === undefined ? undefined : String(winner),
    keep: keep === undefined ? undefined : String(keep),
  }),
  loader: ({ context }) => context.queryClient.ensureQueryData(customerFieldsQuery),
  component: Merge,
});

function Merge() {
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  const ids = idsFrom(search.ids);
  const winner = ids.find((id) => id === Number(search.winner)) ?? ids[0] ?? 0;
  return (
    <MergePage
      ids={ids}
      winner={winner}
      kept={keptFrom(search.keep)}
      onChoice={(next, kept) =>
        navigate({
          search: { ids: search.ids, winner: String(next), keep: keptText(kept) || undefined },
          replace: true,
        })
      }
    />
  );
}
