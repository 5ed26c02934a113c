import type { TFunction } from 'i18next';
import type { LocalField } from '@/api/customer-fields';
import type { Communication } from '@/api/types';
import type { FactGroup } from '@/ui/facts/FactList';
import { type Fact, isEmptyFact } from '@/ui/facts/fact';
import { choicesOf, groupedFacts, type KnownNames } from '@/ui/facts/fact-groups';
import { factKind, recordFact } from '@/ui/facts/record-fact';

const order = ['identity', 'contact', 'schedule', 'outcome', 'related', 'ownership', 'custom'] as const;

/** What has a place of its own on the page, or is chosen among too many to list. */
const elsewhere = /^(subject|content|customer|lead|opportunity|activity|delivery|campaign|created_by)$/;

/** The kind of fact that a field of a communication is. */
export const communicationFactKind = (field: LocalField) => (field.name === 'content' ? 'long-text' : factKind(field));

/** The facts of a communication as the server groups its fields, custom ones last. */
export function factGroups(communication: Communication, fields: LocalField[], t: TFunction): FactGroup[] {
  const shown = fields.filter(({ name, group }) => group !== 'system' && !elsewhere.test(name));
  const names: KnownNames = {
    owner_id: [communication.owner_id, communication.owner_name],
    team_id: [communication.team_id, communication.team_name],
  };
  const factOf = (field: LocalField): Fact | undefined => {
    const fact = { ...recordFact(communication, field, choicesOf(field, names)), kind: communicationFactKind(field) };
    return !field.is_writable && isEmptyFact(fact) ? undefined : fact;
  };
  return groupedFacts(order, shown, (name) => t(`communications.facts.${name}`), factOf);
}
