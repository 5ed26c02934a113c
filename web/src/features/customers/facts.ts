import type { TFunction } from 'i18next';
import type { LocalField } from '@/api/customer-fields';
import type { Customer } from '@/api/types';
import type { FactGroup } from '@/ui/facts/FactList';
import { recordFact } from '@/ui/facts/record-fact';

const order = ['identity', 'contact', 'business', 'ownership', 'system', 'custom'] as const;

/** Fields that only a person or only a company has. */
const only: Record<string, Customer['customer_type']> = {
  title: 'individual',
  first_name: 'individual',
  last_name: 'individual',
  identity_number: 'individual',
  birth_date: 'individual',
  gender: 'individual',
  company_name: 'company',
  company_size: 'company',
};

/** Fields that stand in the head of the page. */
const elsewhere = new Set(['customer_code', 'customer_type']);

/** Can a customer of that type have the field, and can it be written? What stands in the head of the page is not asked about here. */
export function isFieldOf(type: Customer['customer_type'], field: LocalField): boolean {
  return field.is_writable && !elsewhere.has(field.name) && (only[field.name] ?? type) === type;
}

/** May this customer have a value there at all, and may it be written? */
export const isShown = (field: LocalField, customer: Customer) => isFieldOf(customer.customer_type, field);

/** Owner and team have their names with them: no number is shown while all users and teams are still on their way. */
function choicesOf(field: LocalField, customer: Customer): LocalField['choices'] {
  if (field.kind !== 'reference' || field.choices.length > 0) return field.choices;
  const names: Record<string, [unknown, string | null | undefined]> = {
    owner_id: [customer.owner_id, customer.owner_name],
    team_id: [customer.team_id, customer.team_name],
  };
  const [value, label] = names[field.name] ?? [];
  return label ? [{ value: String(value), label }] : [];
}

/** The facts of a customer as the server groups its fields, custom ones last. */
export function factGroups(customer: Customer, fields: LocalField[], t: TFunction): FactGroup[] {
  const shown = fields.filter((field) => isShown(field, customer));
  return order
    .map((name) => ({
      name,
      label: t(`customers.facts.${name}`),
      facts: shown
        .filter((field) => (field.group ?? 'custom') === name)
        .map((field) => recordFact(customer, field, choicesOf(field, customer))),
    }))
    .filter((group) => group.facts.length > 0);
}
