import {
  IconArrowBackUp,
  IconChecks,
  IconHistory,
  IconListCheck,
  IconNote,
  IconPencil,
  IconPhone,
  IconPlus,
  IconShieldCheck,
  IconTrash,
  type TablerIcon,
} from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import type { LocalField } from '@/api/customer-fields';
import type { RecordEntry } from '@/api/types';
import { NoteText } from '@/ui/notes/NoteText';
import type { NoteActions } from '@/ui/notes/note';
import { activityEntry, isOfActivity } from '@/ui/timeline/activity-entry';
import classes from '@/ui/timeline/Changes.module.css';
import { communicationEntry, isOfCommunication } from '@/ui/timeline/communication-entry';
import { FieldChange } from '@/ui/timeline/FieldChange';
import type { TimelineEntry } from '@/ui/timeline/Timeline';
import { reasonSaid } from './reasons';

const icons: [RegExp, TablerIcon][] = [
  [/restored$/, IconArrowBackUp],
  [/^note$/, IconNote],
  [/answered$/, IconListCheck],
  [/touched$/, IconPhone],
  [/converted$/, IconChecks],
  [/consent/, IconShieldCheck],
  [/created$/, IconPlus],
  [/deleted$/, IconTrash],
  [/updated$/, IconPencil],
];

/** What follows from something else in the same history, and is told there. */
const told = /^(bant_.*|.*_touched_at|qualified_at|converted_.*|conversion_date|sla_due_at|name|first_.*_at)$/;

/** What the lead did, where nobody of ours did it. */
const ofTheLead = /^(form\.submitted|lead\.touched|lead_consent\.recorded)$/;

/** What the events name only by key. */
export interface Words {
  fields: Map<string, LocalField>;
  actions: NoteActions;
  t: TFunction;
}

/** An event of a lead as an entry of the timeline; none where another one tells it. */
export function timelineEntry(event: RecordEntry, words: Words): TimelineEntry | undefined {
  const { fields, t } = words;
  if (isOfActivity(event)) return activityEntry(event, t);
  if (isOfCommunication(event)) return communicationEntry(event, t);
  const changes = Object.entries((event.changes ?? {}) as Record<string, unknown[]>).filter(
    ([name]) => fields.has(name) && !told.test(name),
  );
  if (event.kind === 'lead.updated' && changes.length === 0) return undefined;
  const isPinned = event.note?.is_pinned;
  return {
    id: event.id,
    at: event.at,
    icon: icons.find(([kind]) => kind.test(event.kind))?.[1] ?? IconHistory,
    title: (
      <>
        <b>{event.actor_name ?? t(ofTheLead.test(event.kind) ? 'leads.self' : 'leads.system')}</b>{' '}
        {t(`leads.event.${isPinned ? 'note_pinned' : event.kind.replace('.', '_')}`, { defaultValue: event.kind })}
      </>
    ),
    body:
      event.kind === 'lead.updated' ? (
        <ul className={classes.changes}>
          {changes.map(([name, [before, after]]) => (
            <FieldChange
              key={name}
              field={fields.get(name) as LocalField}
              before={worded(name, before, t)}
              after={worded(name, after, t)}
            />
          ))}
        </ul>
      ) : (
        bodyOf(event, words)
      ),
    isQuiet: event.actor_id == null && event.kind !== 'lead.created' && !ofTheLead.test(event.kind) && !event.note,
  };
}

const worded = (name: string, value: unknown, t: TFunction) =>
  name === 'disqualify_reason' ? reasonSaid(String(value ?? ''), t) : value;

function bodyOf({ note, kind, payload }: RecordEntry, { actions, t }: Words): ReactNode {
  // What is pinned is read at the top already.
  if (note) return note.is_pinned ? undefined : <NoteText note={note} actions={actions} />;
  const say = payload as Record<string, unknown>;
  if (kind === 'lead.touched') {
    const what = t(`leads.touch.kinds.${say.kind}`, { defaultValue: String(say.kind) });
    return say.detail ? `${what}: ${say.detail}` : what;
  }
  if (kind === 'lead.answered') {
    const { question, strength, evidence } = (say.after ?? {}) as Record<string, string>;
    if (!question) return undefined;
    return (
      <>
        {t(`leads.bant.questions.${question}`)}: <b className={classes.word}>{t(`leads.bant.strengths.${strength}`)}</b>
        {evidence && ` · ${evidence}`}
      </>
    );
  }
  return undefined;
}
