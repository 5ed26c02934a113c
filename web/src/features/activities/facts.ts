import type { TFunction } from 'i18next';
import type { LocalField } from '@/api/customer-fields';
import type { Activity } from '@/api/types';
import type { FactGroup } from '@/ui/facts/FactList';
import { type Fact, isEmptyFact } from '@/ui/facts/fact';
import { choicesOf, groupedFacts, type KnownNames } from '@/ui/facts/fact-groups';
import { factKind, recordFact } from '@/ui/facts/record-fact';

const order = ['identity', 'schedule', 'related', 'outcome', 'ownership', 'custom'] as const;

/** What has a place of its own on the page, or is chosen among too many to list. */
const elsewhere = /^(subject|status|customer|lead|opportunity|parent|completed_date|recurrence)$/;

/** What one writes more than a line of. */
const long = new Set(['description', 'outcome']);

/** The kind of fact that a field of an activity is. */
export const activityFactKind = (field: LocalField) =>
  field.name === 'attendees' ? 'choices' : long.has(field.name) ? 'long-text' : factKind(field);

/** The facts of an activity as the server groups its fields, custom ones last. */
export function factGroups(
  activity: Activity,
  fields: LocalField[],
  types: { value: string; label: string }[],
  t: TFunction,
): FactGroup[] {
  const shown = fields.filter(({ name, is_writable }) => is_writable && !elsewhere.test(name));
  const names: KnownNames = {
    assigned_to: [activity.assigned_to, activity.assigned_to_name],
    team_id: [activity.team_id, activity.team_name],
  };
  const factOf = (field: LocalField): Fact | undefined => {
    if (field.name === 'activity_type') return { ...recordFact(activity, field, types), kind: 'choice' };
    const fact = { ...recordFact(activity, field, choicesOf(field, names)), kind: activityFactKind(field) };
    if (field.name === 'attendees') return { ...fact, value: (activity.attendees ?? []).map(String) };
    return !field.is_writable && isEmptyFact(fact) ? undefined : fact;
  };
  return groupedFacts(order, shown, (name) => t(`activities.facts.${name}`), factOf);
}

/** What a fact's new value is to the server: people are numbers. */
export const storedFact = (name: string, value: unknown) =>
  name === 'attendees' && Array.isArray(value) ? value.map(Number) : value;
