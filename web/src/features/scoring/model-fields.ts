import type { LocalField } from '@/api/customer-fields';

const kinds = new Set(['choice', 'number', 'money', 'boolean', 'date', 'date_time']);
/** Texts, but from closed lists. */
const closed = new Set(['city', 'country']);
/** They tell the outcome, are made of the score, or say when a record was written. The server refuses them, too. */
const telling = new Set([
  'conversion_date',
  'created_at',
  'form_id',
  'lead_score',
  'qualified_at',
  'score_source',
  'status',
  'updated_at',
  'win_probability',
]);

/** Can a model learn from the field? */
export function canBeLearned({ name, kind }: Pick<LocalField, 'name' | 'kind'>): boolean {
  return (kinds.has(kind) || closed.has(name)) && !telling.has(name);
}
