import type { Note } from '@/api/types';
import { NoteText } from '@/ui/notes/NoteText';
import { useNoteActions } from '../record-queries';

/** A note in a customer's history. */
export function CustomerNote({ note }: { note: Note }) {
  return <NoteText note={note} actions={useNoteActions(note.customer_id)} />;
}
