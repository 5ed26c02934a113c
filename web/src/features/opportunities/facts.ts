import type { TFunction } from 'i18next';
import type { LocalField } from '@/api/customer-fields';
import type { Opportunity } from '@/api/types';
import type { FactGroup } from '@/ui/facts/FactList';
import type { Fact } from '@/ui/facts/fact';
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

/** Owner and team have their names with them: no number is shown while all users and teams are still on their way. */
function choicesOf(field: LocalField, { sales_rep, sales_rep_name, team_id, team_name }: Opportunity) {
  if (field.kind !== 'reference' || field.choices.length > 0) return field.choices;
  const [value, label] = field.name === 'sales_rep' ? [sales_rep, sales_rep_name] : [team_id, team_name];
  return label ? [{ value: String(value), label }] : [];
}

/** The facts of an opportunity as the server groups its fields, custom ones last. */
export function factGroups(opportunity: Opportunity, fields: LocalField[], t: TFunction): FactGroup[] {
  const shown = fields.filter(({ name, is_writable }) => is_writable && !elsewhere.has(name));
  return order
    .map((name) => ({
      name,
      label: t(`opportunities.group.${name}`),
      facts: shown
        .filter((field) => (field.group ?? 'custom') === name)
        .map((field): Fact => {
          const fact = recordFact(opportunity, field, choicesOf(field, opportunity));
          return fact.kind === 'text' && (field.max_chars ?? 0) >= LONG ? { ...fact, kind: 'long-text' } : fact;
        }),
    }))
    .filter((group) => group.facts.length > 0);
}
