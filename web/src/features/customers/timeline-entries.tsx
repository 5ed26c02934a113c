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
import type { LocalField } from '@/api/customer-fields';
import type { TimelineEvent } from '@/api/types';
import { FactValue } from '@/ui/facts/FactValue';
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

/** An event of a customer as an entry of the timeline. */
export function timelineEntry(event: TimelineEvent, fields: Map<string, LocalField>, t: TFunction): TimelineEntry {
  const changes = Object.entries(event.changes ?? {}).filter(([name]) => fields.has(name));
  const showChanges = event.kind === 'customer.updated' && changes.length > 0;
  return {
    id: event.id,
    at: event.at,
    icon: icons.find(([kind]) => kind.test(event.kind))?.[1] ?? IconHistory,
    title: (
      <>
        {event.actor_name && <b>{event.actor_name} </b>}
        {t(`customers.event.${event.kind.replace('.', '_')}`, { defaultValue: event.kind })}
      </>
    ),
    body: showChanges ? <Changes changes={changes} fields={fields} /> : undefined,
  };
}

function Changes({ changes, fields }: { changes: [string, unknown[]][]; fields: Map<string, LocalField> }) {
  return (
    <ul className={classes.changes}>
      {changes.map(([name, [before, after]]) => {
        const field = fields.get(name) as LocalField;
        const shown = (value: unknown) =>
          value === null || value === undefined || value === '' ? (
            '—'
          ) : (
            <FactValue fact={{ name, label: field.label, kind: factKind(field), value, choices: field.choices }} />
          );
        return (
          <li key={name}>
            {field.label}: <s>{shown(before)}</s> → <b>{shown(after)}</b>
          </li>
        );
      })}
    </ul>
  );
}
