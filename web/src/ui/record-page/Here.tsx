import { useQuery } from '@tanstack/react-query';
import { recordHereQuery } from '@/api/record-activity';
import type { RecordKind } from '@/api/records';
import { Present } from '../present/Present';

/** Who else has the record open; and that we have, and whether we are writing. */
export function Here({ kind, id, isEditing }: { kind: RecordKind; id: number; isEditing: boolean }) {
  const { data: others = [] } = useQuery({
    ...recordHereQuery(kind, id, isEditing ? 'editing' : 'viewing'),
    placeholderData: (before) => before,
  });
  return <Present others={others} />;
}
