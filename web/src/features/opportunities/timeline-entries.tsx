import {
  IconArrowBackUp,
  IconHistory,
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
import { activityEntry, isOfActivity } from '@/ui/timeline/activity-entry';
import classes from '@/ui/timeline/Changes.module.css';
import { communicationEntry, isOfCommunication } from '@/ui/timeline/communication-entry';
import { FieldChange } from '@/ui/timeline/FieldChange';
import type { TimelineEntry } from '@/ui/timeline/Timeline';

const icons: [RegExp, TablerIcon][] = [
  [/restored|reverted/, IconArrowBackUp],
  [/^note/, IconNote],
  [/created$/, IconPlus],
  [/deleted$/, IconTrash],
  [/updated$/, IconPencil],
];

/** What the events name only by key. */
export interface Words {
  fields: Map<string, LocalField>;
  stageName: (key: unknown) => string;
  /** Of the opportunity's amounts. */
  currency: string;
  actions: NoteActions;
  t: TFunction;
}

/** An event of an opportunity as an entry of the timeline. */
export function timelineEntry(event: RecordEntry, words: Words): TimelineEntry | undefined {
  const { fields, stageName, currency, actions, t } = words;
  if (isOfActivity(event)) return activityEntry(event, t);
  if (isOfCommunication(event)) return communicationEntry(event, t);
  // What follows from others is not told a second time.
  const changes = Object.entries((event.changes ?? {}) as Record<string, unknown[]>).filter(
    ([name, pair]) => Array.isArray(pair) && fields.get(name)?.is_writable,
  );
  const worded = (name: string, value: unknown) => (name === 'stage' ? stageName(value) : value);
  const isUpdate = event.kind === 'opportunity.updated' && changes.length > 0;
  return {
    id: event.id,
    at: event.at,
    icon: icons.find(([kind]) => kind.test(event.kind))?.[1] ?? IconHistory,
    title: (
      <>
        <b>{event.actor_name ?? t('opportunities.system')}</b>{' '}
        {t(`opportunities.event.${event.kind.replace('.', '_')}`, { defaultValue: event.kind })}
      </>
    ),
    // What is pinned is read at the top already.
    body:
      event.note && !event.note.is_pinned ? (
        <NoteText note={event.note} actions={actions} />
      ) : isUpdate ? (
        <ul className={classes.changes}>
          {changes.map(([name, [before, after]]) => (
            <FieldChange
              key={name}
              field={fields.get(name) as LocalField}
              before={worded(name, before)}
              after={worded(name, after)}
              currency={currency}
            />
          ))}
        </ul>
      ) : undefined,
  };
}
