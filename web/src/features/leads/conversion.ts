import type { ConversionPreview, LeadConversion } from '@/api/types';

/** What one has chosen in the form. */
export interface ConversionChoice {
  /** `company` or `person` to make one, else the id of the customer it is. */
  customer: string;
  /** `new`, `none`, or the id of the contact person. */
  contact: string;
  /** What customer and contact lack, by its place in the request: `customer.first_name`. */
  more: Record<string, string>;
  /** The fields of an opportunity; none when none is wanted. */
  opportunity: OpportunityChoice | undefined;
}

/** What is asked of the opportunity. */
export interface OpportunityChoice {
  name: string;
  pipeline: string;
  amount: string;
  expected_close_date: string;
}

/** What is likeliest meant: a customer that is as good as certain, else a new one. */
export function likelyChoice(preview: ConversionPreview): ConversionChoice {
  const certain = (checked: ConversionPreview['contacts']) =>
    checked?.candidates.find(({ is_automatic }) => is_automatic)?.customer.id;
  const isContact = preview.contact != null;
  return {
    customer: String(certain(preview.customers) ?? preview.create),
    contact: isContact ? String(certain(preview.contacts) ?? 'new') : 'none',
    more: {},
    opportunity: undefined,
  };
}

/** Is a contact person asked about? The person itself needs none. */
export const hasContact = ({ contact }: ConversionPreview, { customer }: ConversionChoice) =>
  contact != null && customer !== 'person';

/** What the customer and the contact lack for the choice that is made now. */
export function lacking(preview: ConversionPreview, choice: ConversionChoice, refused: string[]): string[] {
  const isAsked = (place: string) => {
    if (place.startsWith('customer.')) return choice.customer === 'company' || choice.customer === 'person';
    return place.startsWith('contact_fields.') && hasContact(preview, choice) && choice.contact === 'new';
  };
  return [...new Set([...Object.keys(preview.missing), ...refused, ...Object.keys(choice.more)])].filter(isAsked);
}

/** The choice as the server takes it. */
export function conversionOf(preview: ConversionPreview, choice: ConversionChoice): Partial<LeadConversion> {
  const isNew = choice.customer === 'company' || choice.customer === 'person';
  const asked = new Set(lacking(preview, choice, []));
  const fieldsOf = (prefix: string) =>
    Object.fromEntries(
      Object.entries(choice.more)
        .filter(([place, value]) => asked.has(place) && place.startsWith(`${prefix}.`) && value)
        .map(([place, value]) => [place.slice(prefix.length + 1), value]),
    );
  const isContact = hasContact(preview, choice) && choice.contact !== 'none';
  return {
    ...(isNew
      ? { create: choice.customer as 'company' | 'person', customer: fieldsOf('customer') }
      : { customer_id: Number(choice.customer) }),
    contact: isContact,
    ...(isContact && choice.contact !== 'new' ? { contact_id: Number(choice.contact) } : {}),
    ...(isContact && choice.contact === 'new' ? { contact_fields: fieldsOf('contact_fields') } : {}),
    ...(choice.opportunity ? { opportunity: opportunityOf(choice.opportunity) } : {}),
  };
}

/** Fields that were left empty are the server's to fill, or to ask for. */
function opportunityOf({ pipeline, ...fields }: OpportunityChoice) {
  const given = Object.entries(fields).filter(([, value]) => value !== '');
  return { ...Object.fromEntries(given), ...(pipeline ? { pipeline: Number(pipeline) } : {}) };
}
