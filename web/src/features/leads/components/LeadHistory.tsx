import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import type { RecordEntry } from '@/api/types';
import type { NoteActions } from '@/ui/notes/note';
import { RecordHistory } from '@/ui/record-page/RecordHistory';
import { activityKinds } from '@/ui/timeline/activity-entry';
import { communicationKinds } from '@/ui/timeline/communication-entry';
import { timelineEntry } from '../timeline-entries';

/** Chips of the timeline, and the kinds of events each stands for. */
const kinds = {
  note: 'note',
  activity: activityKinds,
  communication: communicationKinds,
  lead: 'lead.created,lead.updated,lead.deleted,lead.restored,lead.converted',
  touch: 'lead.touched',
  bant: 'lead.answered',
} as const;

/** What happened with a lead. */
export function LeadHistory({ id, actions }: { id: number; actions: NoteActions }) {
  const { t } = useTranslation();
  const { byName: fields } = useRecordFields('leads');
  const entryOf = useCallback(
    (event: RecordEntry) => timelineEntry(event, { fields, actions, t }),
    [fields, actions, t],
  );
  const chips = useMemo(
    () => Object.entries(kinds).map(([name, value]) => ({ value, label: t(`leads.kind.${name}`) })),
    [t],
  );
  return <RecordHistory kind="leads" id={id} chips={chips} entryOf={entryOf} />;
}
