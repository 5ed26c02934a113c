import { IconPin } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { When } from '../When';
import classes from './Notes.module.css';
import { NoteText } from './NoteText';
import type { NoteActions, NoteShown } from './note';

/** The notes that are to be seen first. */
export function PinnedNotes({ notes, actions }: { notes: NoteShown[]; actions: NoteActions }) {
  const { t } = useTranslation();
  if (notes.length === 0) return null;
  return (
    <ul className={classes.pinned} aria-label={t('common.note.pinned')}>
      {notes.map((note) => (
        <li key={note.id}>
          <div className={classes.by}>
            <IconPin size={13} aria-hidden />
            {note.author_name && <b>{note.author_name}</b>}
            <When at={note.created_at} relative />
          </div>
          <NoteText note={note} actions={actions} />
        </li>
      ))}
    </ul>
  );
}
