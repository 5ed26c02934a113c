import type { TFunction } from 'i18next';
import type { LocalField } from '@/api/customer-fields';
import type { Lead } from '@/api/types';
import type { FactGroup } from '@/ui/facts/FactList';
import { type Fact, isEmptyFact } from '@/ui/facts/fact';
import { choicesOf, groupedFacts, type KnownNames } from '@/ui/facts/fact-groups';
import { factKind, recordFact } from '@/ui/facts/record-fact';

const order = ['identity', 'contact', 'business', 'qualification', 'source', 'ownership', 'system', 'custom'] as const;

/** What has a place of its own on the page. */
const elsewhere =
  /^(name|lead_number|status|disqualify_reason|bant_.*|lead_score|score_source|fit_score|engagement_score|win_probability|form_id|sla_due_at|converted_.*)$/;

/** What one writes more than a line of. */
const long = new Set(['need', 'notes']);

/** What only commands change, or what is chosen among too many to list. */
const fixed = new Set(['assigned_to', 'referred_by']);

/** The kind of fact that a field of a lead is. */
export const leadFactKind = (field: LocalField) => (long.has(field.name) ? 'long-text' : factKind(field));

/** Can the field be written by somebody who fills in a form? */
export const isAsked = (field: LocalField) =>
  field.is_writable && !elsewhere.test(field.name) && !['assigned_to', 'team_id'].includes(field.name);

const known = (value: unknown) => (value === UNKNOWN ? '' : value);

/** What nobody knows is no fact: it is folded away like an empty one. */
const UNKNOWN = 'unknown';

/** The facts of a lead as the server groups its fields, custom ones last. */
export function factGroups(lead: Lead, fields: LocalField[], t: TFunction): FactGroup[] {
  const shown = fields.filter(({ name, is_writable }) => is_writable && !elsewhere.test(name));
  const names: KnownNames = {
    assigned_to: [lead.assigned_to, lead.assigned_to_name],
    team_id: [lead.team_id, lead.team_name],
    referred_by: [lead.referred_by, lead.referred_by_name],
  };
  const factOf = (field: LocalField): Fact | undefined => {
    const choices = choicesOf(field, names).filter(({ value }) => value !== UNKNOWN);
    const fact = recordFact(lead, field, choices);
    const shownFact = {
      ...fact,
      kind: leadFactKind(field),
      value: known(fact.value),
      readOnly: fixed.has(field.name),
    };
    return shownFact.readOnly && isEmptyFact(shownFact) ? undefined : shownFact;
  };
  return groupedFacts(order, shown, (name) => t(`leads.facts.${name}`), factOf);
}
