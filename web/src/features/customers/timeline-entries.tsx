import {
  IconArrowBackUp,
  IconFileImport,
  IconHistory,
  IconLink,
  IconMapPin,
  IconNote,
  IconPencil,
  IconPhone,
  IconPlus,
  IconShieldCheck,
  IconTag,
  IconTrash,
  type TablerIcon,
} from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { LocalField } from '@/api/customer-fields';
import type { TimelineEvent } from '@/api/types';
import { formatPhone } from '@/lib/phone';
import { activityEntry, isOfActivity } from '@/ui/timeline/activity-entry';
import classes from '@/ui/timeline/Changes.module.css';
import { communicationEntry, isOfCommunication } from '@/ui/timeline/communication-entry';
import { FieldChange } from '@/ui/timeline/FieldChange';
import type { TimelineEntry } from '@/ui/timeline/Timeline';
import { CustomerNote } from './components/CustomerNote';

const icons: [RegExp, TablerIcon][] = [
  [/undo|reverted|restored/, IconArrowBackUp],
  [/^note/, IconNote],
  [/^contact_point/, IconPhone],
  [/^address/, IconMapPin],
  [/^relation/, IconLink],
  [/^consent/, IconShieldCheck],
  [/tag/, IconTag],
  [/import/, IconFileImport],
  [/created$/, IconPlus],
  [/deleted$/, IconTrash],
  [/(updated|changed)$/, IconPencil],
];

/** Lists that count as fields of a customer in its history, and what names one of their entries. */
const lists: Record<string, (entry: Record<string, unknown>) => string> = {
  contact_points: ({ value }) => formatPhone(String(value)),
  addresses: ({ line, district, city }) => [line, district, city].filter(Boolean).join(', '),
};

/** What the events name only by number or key. */
export interface Words {
  fields: Map<string, LocalField>;
  /** Of a tied customer, where it is known. */
  nameOf: (id: number) => string | undefined;
  roleOf: (role: string) => string;
}

/** An event of a customer as an entry of the timeline. */
export function timelineEntry(event: TimelineEvent, words: Words, t: TFunction): TimelineEntry | undefined {
  if (isOfActivity(event)) return activityEntry(event, t);
  if (isOfCommunication(event)) return communicationEntry(event, t);
  const { fields } = words;
  const all = Object.entries(event.changes ?? {});
  // The first e-mails and phones are fields as well: told once.
  const toldAsField = all.some(([name]) => /_(email|phone)$/.test(name));
  const changes = all.filter(
    ([name]) => fields.has(name) || (name in lists && !(name === 'contact_points' && toldAsField)),
  );
  const showChanges = event.kind === 'customer.updated' && changes.length > 0;
  return {
    id: event.id,
    at: event.at,
    icon: icons.find(([kind]) => kind.test(event.kind))?.[1] ?? IconHistory,
    title: (
      <>
        <b>{event.actor_name ?? t('customers.system')}</b>{' '}
        {t(`customers.event.${event.note?.is_pinned ? 'note_pinned' : event.kind.replace('.', '_')}`, {
          defaultValue: event.kind,
        })}
      </>
    ),
    body: showChanges ? (
      <Changes changes={changes as [string, unknown[]][]} fields={fields} />
    ) : (
      bodyOf(event, words, t)
    ),
    isQuiet: event.actor_id == null && event.kind !== 'customer.created' && !event.note,
  };
}

function bodyOf({ note, kind, payload, changes }: TimelineEvent, words: Words, t: TFunction): ReactNode {
  // What is pinned is read at the top already.
  if (note) return note.is_pinned ? undefined : <CustomerNote note={note} />;
  const say = payload as Record<string, unknown>;
  if (kind === 'consent.recorded') {
    const word = (name: string) => t(`common.consent.${name}.${say[name]}`, { defaultValue: String(say[name] ?? '') });
    return (
      <>
        {word('channel')} · {word('purpose')}: <b className={classes.word}>{word('status')}</b> · {word('source')}
      </>
    );
  }
  if (kind.startsWith('relation.')) {
    const title = (changes as Record<string, unknown[]>).title?.find(Boolean);
    const name = words.nameOf(Number(say.other_id));
    const told = [say.role && words.roleOf(String(say.role)), name, title].filter(Boolean).join(' · ');
    return told || undefined;
  }
  return undefined;
}

function Changes({ changes, fields }: { changes: [string, unknown[]][]; fields: Map<string, LocalField> }) {
  return (
    <ul className={classes.changes}>
      {changes.map(([name, [before, after]]) =>
        name in lists ? (
          <ListChange key={name} name={name} before={before} after={after} />
        ) : (
          <FieldChange key={name} field={fields.get(name) as LocalField} before={before} after={after} />
        ),
      )}
    </ul>
  );
}

function ListChange({ name, before, after }: { name: string; before: unknown; after: unknown }) {
  const { t } = useTranslation();
  const say = (entries: unknown) =>
    ((entries ?? []) as Record<string, unknown>[]).map((entry) => lists[name]?.(entry) ?? '');
  const [old, now] = [say(before), say(after)];
  const gone = old.filter((entry) => !now.includes(entry));
  const come = now.filter((entry) => !old.includes(entry));
  return (
    <li>
      {t(`customers.sections.${name}`)}
      {gone.map((entry) => (
        <span key={entry}>
          {' '}
          − <s>{entry}</s>
        </span>
      ))}
      {come.map((entry) => (
        <span key={entry}>
          {' '}
          + <b>{entry}</b>
        </span>
      ))}
    </li>
  );
}
