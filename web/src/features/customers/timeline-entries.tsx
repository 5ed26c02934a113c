import {
  IconArrowBackUp,
  IconFileImport,
  IconHistory,
  IconLink,
  IconMapPin,
  IconPencil,
  IconPhone,
  IconPlus,
  IconShieldCheck,
  IconTag,
  IconTrash,
  type TablerIcon,
} from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { LocalField } from '@/api/customer-fields';
import type { TimelineEvent } from '@/api/types';
import { formatPhone } from '@/lib/phone';
import { FactValue } from '@/ui/facts/FactValue';
import { isEmptyFact } from '@/ui/facts/fact';
import type { TimelineEntry } from '@/ui/timeline/Timeline';
import classes from './components/changes.module.css';
import { factKind } from './facts';

const icons: [RegExp, TablerIcon][] = [
  [/undo|reverted|restored/, IconArrowBackUp],
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

/** An event of a customer as an entry of the timeline. */
export function timelineEntry(event: TimelineEvent, fields: Map<string, LocalField>, t: TFunction): TimelineEntry {
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
        {t(`customers.event.${event.kind.replace('.', '_')}`, { defaultValue: event.kind })}
      </>
    ),
    body: showChanges ? <Changes changes={changes as [string, unknown[]][]} fields={fields} /> : undefined,
  };
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

function FieldChange({ field, before, after }: { field: LocalField; before: unknown; after: unknown }) {
  const shown = (stored: unknown) => {
    const value = field.kind === 'reference' && stored !== null ? String(stored) : stored;
    const fact = { name: field.name, label: field.label, kind: factKind(field), value, choices: field.choices };
    return isEmptyFact(fact) ? '—' : <FactValue fact={fact} />;
  };
  return (
    <li>
      {field.label}: <s>{shown(before)}</s> → <b>{shown(after)}</b>
    </li>
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
