import type { TFunction } from 'i18next';

/** Events that have a sentence of their own, by subject; all others are said as a subject and a verb. */
const special: Record<string, string[]> = {
  audit: ['ended', 'exported'],
  consent: ['recorded'],
  customer: ['erased', 'exported', 'identity_read', 'merged', 'personal_data_exported', 'unmerged'],
  duplicate: ['dismissed'],
  session: ['created', 'deleted', 'view_as_began', 'view_as_ended'],
  sign_in: ['refused'],
  token: ['used'],
  user: [
    'identity_linked',
    'passkey_added',
    'passkey_removed',
    'passkey_renamed',
    'passkey_used',
    'password_reset_created',
    'password_reset_requested',
    'recovery_code_used',
    'recovery_codes_renewed',
    'two_factor_off',
    'two_factor_on',
    'unlocked',
  ],
};

/** What happened, in words. */
export function sayKind(t: TFunction, kind: string): string {
  const [subject = '', verb = ''] = kind.split('.');
  if (special[subject]?.includes(verb)) return t(`audit.special.${subject}_${verb}`);
  return t('audit.sentence', {
    subject: saySubject(t, subject),
    verb: t(`audit.verb.${verb}`, { defaultValue: verb }),
  });
}

/** What it happened to. */
export function saySubject(t: TFunction, subject: string): string {
  return t(`audit.subject.${subject}`, { defaultValue: subject });
}

/** What a detail of an entry is called that is no field of a customer. */
export function sayField(t: TFunction, field: string): string {
  return t(`audit.field.${field}`, { defaultValue: field });
}

/** What one can filter by: the events that matter most by themselves, and everything of a subject. */
export const filters = [
  'sign_in.refused',
  'session.*',
  'customer.identity_read',
  'customer.exported',
  'customer.erased',
  'customer.merged',
  'customer.*',
  'lead.*',
  'opportunity.*',
  'note.*',
  'consent.*',
  'relation.*',
  'import.*',
  'user.*',
  'role.*',
  'team.*',
  'token.*',
  'session.view_as_began',
  'share.*',
  'organisation.*',
  'custom_field.*',
  'tag.*',
  'view.*',
  'retention_rule.*',
  'audit.*',
];

/** A filter in words. */
export function sayFilter(t: TFunction, filter: string): string {
  const [subject = '', verb] = filter.split('.');
  return verb === '*' ? t('audit.all_of', { subject: saySubject(t, subject) }) : sayKind(t, filter);
}
