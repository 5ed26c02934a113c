import type { WebForm, WebFormConsent, WebFormContent, WebFormField } from '@/api/types';
import { randomId } from '@/lib/random-id';
import type { FormLang } from './params';

/** A consent while it is edited: while channel and purpose change, the line stays the same. */
export type DraftConsent = WebFormConsent & { id: string };

/** A field while it is edited: each is on a form once. */
export type DraftField = WebFormField & { field: string };

/** A form while it is edited. */
export interface Draft {
  name: string;
  slug: string;
  content: Omit<WebFormContent, 'consents' | 'fields'>;
  fields: DraftField[];
  consents: DraftConsent[];
}

/** A form ready to be edited. */
export function draftOf({ name, slug, content: { fields, consents, ...content } }: WebForm): Draft {
  return {
    name,
    slug,
    content,
    fields: (fields ?? []).map((field) => ({ ...field, field: field.field ?? '' })),
    consents: (consents ?? []).map((consent) => ({ ...consent, id: randomId() })),
  };
}

/** What the server takes of it. */
export function contentOf({ content, fields, consents }: Draft): WebFormContent {
  return { ...content, fields, consents: consents.map(({ id: _own, ...consent }) => consent) };
}

/** The same form, letter by letter? */
export function isSame(draft: Draft, form: WebForm): boolean {
  const text = (value: Pick<WebForm, 'name' | 'slug' | 'content'>) =>
    JSON.stringify([value.name, value.slug, sorted(value.content)]);
  return text({ name: draft.name, slug: draft.slug, content: contentOf(draft) }) === text(form);
}

/** The order of an object's members says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}

/** A field as it is added to a form. */
export function newField(field: string): DraftField {
  return {
    field,
    label_tr: '',
    label_en: '',
    help_tr: '',
    help_en: '',
    placeholder_tr: '',
    placeholder_en: '',
    is_required: false,
    is_hidden: false,
    value: '',
    choices: [],
  };
}

/** A consent as it is added to a form: nothing is agreed to by itself. */
export function newConsent(channel: string): DraftConsent {
  return {
    id: randomId(),
    channel,
    purpose: 'marketing',
    text_tr: '',
    text_en: '',
    notice_tr: '',
    notice_en: '',
    is_required: false,
  };
}

/** Is there something wrong with what the form says in a language that is not being edited? */
export function hasErrorsIn(errors: Record<string, string[]>, lang: FormLang): boolean {
  return Object.keys(errors).some((place) => place.endsWith(`_${lang}`));
}
