import { IconNote } from '@tabler/icons-react';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordEntry } from '@/api/types';
import { NoteText } from '@/ui/notes/NoteText';
import type { NoteActions } from '@/ui/notes/note';
import { RecordHistory } from '@/ui/record-page/RecordHistory';
import { communicationEntry } from '@/ui/timeline/communication-entry';

/** What happened with a communication: what became of it, and what was noted of it. */
export function CommunicationHistory({ id, actions }: { id: number; actions: NoteActions }) {
  const { t } = useTranslation();
  const entryOf = useCallback(
    (event: RecordEntry) =>
      event.note
        ? {
            id: event.id,
            at: event.at,
            icon: IconNote,
            title: (
              <>
                <b>{event.actor_name ?? t('common.communication_event.system')}</b> {t('communications.noted')}
              </>
            ),
            body: event.note.is_pinned ? undefined : <NoteText note={event.note} actions={actions} />,
            isQuiet: false,
          }
        : communicationEntry(event, t, true),
    [actions, t],
  );
  return <RecordHistory kind="communications" id={id} chips={[]} entryOf={entryOf} />;
}
