import type { TFunction } from 'i18next';
import type { LocalField } from '@/api/customer-fields';
import type { Opportunity } from '@/api/types';
import type { FactGroup } from '@/ui/facts/FactList';
import type { Fact } from '@/ui/facts/fact';
import { choicesOf, groupedFacts, type KnownNames } from '@/ui/facts/fact-groups';
import { recordFact } from '@/ui/facts/record-fact';

const order = ['identity', 'deal', 'outcome', 'source', 'ownership', 'custom'] as const;

/** Changed elsewhere on the page, or naming other records. */
const elsewhere = new Set([
  'opportunity_number',
  'customer',
  'lead',
  'pipeline',
  'stage',
  'probability_source',
  'is_category_pinned',
]);
/** From how many characters on a text is written in several lines. */
const LONG = 1000;

/** The facts of an opportunity as the server groups its fields, custom ones last. */
export function factGroups(opportunity: Opportunity, fields: LocalField[], t: TFunction): FactGroup[] {
  const shown = fields.filter(({ name, is_writable }) => is_writable && !elsewhere.has(name));
  const names: KnownNames = {
    sales_rep: [opportunity.sales_rep, opportunity.sales_rep_name],
    team_id: [opportunity.team_id, opportunity.team_name],
  };
  const factOf = (field: LocalField): Fact => {
    const fact = recordFact(opportunity, field, choicesOf(field, names));
    return fact.kind === 'text' && (field.max_chars ?? 0) >= LONG ? { ...fact, kind: 'long-text' } : fact;
  };
  return groupedFacts(order, shown, (name) => t(`opportunities.group.${name}`), factOf);
}
