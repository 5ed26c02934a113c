import type { TFunction } from 'i18next';
import type { LocalField } from '@/api/customer-fields';
import type { Customer } from '@/api/types';
import type { FactGroup } from '@/ui/facts/FactList';
import type { Fact, FactKind } from '@/ui/facts/fact';

const both = 'both';

/** Which fields stand under which heading, and for whom. What a group does not name is shown nowhere or elsewhere on the page. */
const groups: {
  name: 'identity' | 'contact' | 'business';
  fields: Record<string, Customer['customer_type'] | typeof both>;
}[] = [
  {
    name: 'identity',
    fields: {
      company_name: 'company',
      title: 'individual',
      first_name: 'individual',
      last_name: 'individual',
      identity_number: 'individual',
      birth_date: 'individual',
      gender: 'individual',
      tax_number: both,
      tax_office: both,
    },
  },
  {
    name: 'contact',
    fields: { primary_email: both, secondary_email: both, primary_phone: both, secondary_phone: both, website: both },
  },
  {
    name: 'business',
    fields: {
      industry: both,
      company_size: 'company',
      annual_revenue: both,
      lead_source: both,
      customer_since: both,
      is_active: both,
    },
  },
];

const kinds: Record<string, FactKind> = {
  primary_email: 'email',
  secondary_email: 'email',
  primary_phone: 'phone',
  secondary_phone: 'phone',
  website: 'url',
};

/** How a field is edited in place. */
export function factKind(field: LocalField): FactKind {
  const named = kinds[field.name];
  if (named) return named;
  switch (field.kind) {
    case 'bool':
      return 'yes-no';
    case 'multi_choice':
      return 'choices';
    case 'choice':
      return 'choice';
    case 'date':
    case 'money':
    case 'number':
      return field.kind;
    case 'link':
      return 'url';
    default:
      return 'text';
  }
}

/** The facts of a customer by group, custom fields last. */
export function factGroups(customer: Customer, fields: Map<string, LocalField>, t: TFunction): FactGroup[] {
  const fact = (field: LocalField, value: unknown): Fact => ({
    name: field.name,
    label: field.label,
    kind: factKind(field),
    value,
    choices: field.choices,
    currency: customer.currency,
  });
  const fixed = groups.map(({ name, fields: members }) => ({
    name,
    label: t(`customers.facts.${name}`),
    facts: Object.entries(members).flatMap(([member, whom]) => {
      const field = fields.get(member);
      if (!field || (whom !== both && whom !== customer.customer_type)) return [];
      return [fact(field, customer[member as keyof Customer])];
    }),
  }));
  const custom = [...fields.values()]
    .filter((field) => field.custom)
    .map((field) => fact(field, customer.custom[customKey(field.name)]));
  return custom.length > 0 ? [...fixed, { name: 'custom', label: t('customers.facts.custom'), facts: custom }] : fixed;
}

const customKey = (name: string) => name.replace(/^custom\./, '');

/** The change a new value of a fact makes: custom fields live in an object of their own. */
export function changeOf(customer: Customer, name: string, value: unknown): Record<string, unknown> {
  if (!name.startsWith('custom.')) return { [name]: value };
  return { custom: { ...customer.custom, [customKey(name)]: value } };
}
