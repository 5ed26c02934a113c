import type { TFunction } from 'i18next';

/** The reason by which the server knows what never was a lead. */
export const JUNK = 'junk';

/** A reason in words: those that people wrote are their own. */
export const reasonSaid = (reason: string, t: TFunction) => (reason === JUNK ? t('leads.reasons.junk') : reason);
