import type { LocalField } from '@/api/customer-fields';
import { formatDate } from '@/lib/dates';
import { formatPhone } from '@/lib/phone';
import { factKind } from './record-fact';

/** A value of a field in words, for a sentence. */
export function said(field: LocalField | undefined, value: unknown, language: string): string {
  if (value === null || value === undefined || value === '') return '';
  if (Array.isArray(value)) return value.map((one) => said(field, one, language)).join(', ');
  const choice = field?.choices.find((one) => one.value === String(value));
  if (choice) return choice.label;
  if (field?.kind === 'date') return formatDate(String(value), 'date', language);
  return field && factKind(field) === 'phone' ? formatPhone(String(value)) : String(value);
}
