import type { TFunction } from 'i18next';
import type { LocalField } from '@/api/customer-fields';
import type { Customer } from '@/api/types';
import type { FactGroup } from '@/ui/facts/FactList';
import { choicesOf, groupedFacts, type KnownNames } from '@/ui/facts/fact-groups';
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

/** The facts of a customer as the server groups its fields, custom ones last. */
export function factGroups(customer: Customer, fields: LocalField[], t: TFunction): FactGroup[] {
  const shown = fields.filter((field) => isShown(field, customer));
  const names: KnownNames = {
    owner_id: [customer.owner_id, customer.owner_name],
    team_id: [customer.team_id, customer.team_name],
  };
  return groupedFacts(
    order,
    shown,
    (name) => t(`customers.facts.${name}`),
    (field) => recordFact(customer, field, choicesOf(field, names)),
  );
}
