import type { TFunction } from 'i18next';
import type { LocalField } from '@/api/customer-fields';
import type { Customer } from '@/api/types';
import type { FactGroup } from '@/ui/facts/FactList';
import type { Fact, FactKind } from '@/ui/facts/fact';

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

const kindOf: Record<string, FactKind> = {
  boolean: 'yes-no',
  choice: 'choice',
  reference: 'choice',
  multi_choice: 'choices',
  date: 'date',
  money: 'money',
  number: 'number',
  link: 'url',
};

/** How a field is shown and edited in place. */
export function factKind(field: LocalField): FactKind {
  if (field.is_many && field.kind === 'text') return 'tags';
  if (field.name.endsWith('_email')) return 'email';
  if (field.name.endsWith('_phone')) return 'phone';
  return kindOf[field.kind] ?? 'text';
}

/** Can a customer of that type have the field, and can it be written? What stands in the head of the page is not asked about here. */
export function isFieldOf(type: Customer['customer_type'], field: LocalField): boolean {
  return field.is_writable && !elsewhere.has(field.name) && (only[field.name] ?? type) === type;
}

/** May this customer have a value there at all, and may it be written? */
export const isShown = (field: LocalField, customer: Customer) => isFieldOf(customer.customer_type, field);

const customKey = (name: string) => name.replace(/^custom\./, '');

/** The value of a field as an editor takes it: references are text, custom fields lie in an object of their own. */
export function storedValue(customer: Customer, field: LocalField): unknown {
  if (field.is_custom) return customer.custom[customKey(field.name)];
  const value = customer[field.name as keyof Customer];
  return field.kind === 'reference' && value !== null ? String(value) : value;
}

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
        .map(
          (field): Fact => ({
            name: field.name,
            label: field.label,
            kind: factKind(field),
            value: storedValue(customer, field),
            choices: choicesOf(field, customer),
            currency: customer.currency,
          }),
        ),
    }))
    .filter((group) => group.facts.length > 0);
}

/** The change that a new value of a fact makes: references are numbers, custom fields live in an object of their own. */
export function changeOf(field: LocalField, value: unknown): Record<string, unknown> {
  if (field.is_custom) return { custom: { [customKey(field.name)]: value } };
  if (field.kind === 'reference') return { [field.name]: value === '' ? null : Number(value) };
  return { [field.name]: value };
}
