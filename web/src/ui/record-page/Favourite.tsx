import { useQuery } from '@tanstack/react-query';
import { favouriteIdsQuery, useSetFavourite } from '@/api/record-activity';
import type { SalesRecord } from '@/api/record-fields';
import { useErrorText } from '../error-text';
import { showRefusal } from '../toasts';
import { Star } from './Star';

/** The star of a record, where the record does not say itself whether it is a favourite. */
export function Favourite({ kind, id, name }: { kind: SalesRecord; id: number; name: string }) {
  const textOf = useErrorText();
  const { data: ids = [] } = useQuery(favouriteIdsQuery(kind));
  const set = useSetFavourite(kind, id);
  const isFavourite = ids.includes(id);
  return (
    <Star
      name={name}
      isFavourite={isFavourite}
      onFlip={() => set.mutate(!isFavourite, { onError: (error) => showRefusal(textOf(error)) })}
    />
  );
}
