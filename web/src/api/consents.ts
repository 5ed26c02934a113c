/** What a consent can be given for and how, in the order of forms. */
export const consentChoices = {
  channel: ['email', 'sms', 'call', 'push', 'post'],
  purpose: ['marketing', 'service', 'survey', 'profiling', 'sharing'],
  status: ['granted', 'denied', 'withdrawn'],
  source: ['web_form', 'paper', 'call_centre', 'in_person', 'email', 'sms', 'iys', 'import', 'api', 'other'],
} as const;

/** The parts of a consent that are chosen. */
export const consentParts = ['channel', 'purpose', 'status', 'source'] as const;

/** A consent as a form says it. */
export type ConsentChoice = { [Part in (typeof consentParts)[number]]: (typeof consentChoices)[Part][number] };
