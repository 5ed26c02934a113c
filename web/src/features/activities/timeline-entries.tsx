import {
  IconArrowBackUp,
  IconHistory,
  IconListCheck,
  IconNote,
  IconPencil,
  IconPlus,
  IconTrash,
  type TablerIcon,
} from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import type { LocalField } from '@/api/customer-fields';
import type { RecordEntry } from '@/api/types';
import { NoteText } from '@/ui/notes/NoteText';
import type { NoteActions } from '@/ui/notes/note';
import classes from '@/ui/timeline/Changes.module.css';
import { FieldChange } from '@/ui/timeline/FieldChange';
import type { TimelineEntry } from '@/ui/timeline/Timeline';

const icons: [RegExp, TablerIcon][] = [
  [/restored$/, IconArrowBackUp],
  [/^note$/, IconNote],
  [/checklist/, IconListCheck],
  [/created$/, IconPlus],
  [/deleted$/, IconTrash],
  [/updated$/, IconPencil],
];

/** What follows from something else in the same history, and is told there. */
const told = /^(checklist_.*|completed_by|created_by|end_date)$/;

/** What the events name only by key. */
export interface Words {
  fields: Map<string, LocalField>;
  actions: NoteActions;
  t: TFunction;
}

/** An event of an activity as an entry of the timeline; none where another one tells it. */
export function timelineEntry(event: RecordEntry, { fields, actions, t }: Words): TimelineEntry | undefined {
  const changes = Object.entries((event.changes ?? {}) as Record<string, unknown[]>).filter(
    ([name]) => fields.has(name) && !told.test(name),
  );
  if (event.kind === 'activity.updated' && changes.length === 0) return undefined;
  const { note } = event;
  return {
    id: event.id,
    at: event.at,
    icon: icons.find(([kind]) => kind.test(event.kind))?.[1] ?? IconHistory,
    title: (
      <>
        <b>{event.actor_name ?? t('activities.system')}</b>{' '}
        {t(`activities.event.${note?.is_pinned ? 'note_pinned' : event.kind.replace('.', '_')}`, {
          defaultValue: event.kind,
        })}
      </>
    ),
    body:
      event.kind === 'activity.updated' ? (
        <ul className={classes.changes}>
          {changes.map(([name, [before, after]]) => (
            <FieldChange key={name} field={fields.get(name) as LocalField} before={before} after={after} />
          ))}
        </ul>
      ) : // What is pinned is read at the top already.
      note && !note.is_pinned ? (
        <NoteText note={note} actions={actions} />
      ) : undefined,
    isQuiet: event.actor_id == null && !note,
  };
}
