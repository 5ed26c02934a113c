/** The reason by which the server knows what never was a lead. */
export const JUNK = 'junk';

/** Why leads are ruled out mostly. They are kept as the words they stand for. */
export const reasons = ['no_budget', 'no_need', 'no_authority', 'not_now', 'competitor', 'no_answer'] as const;
