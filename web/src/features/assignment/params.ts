/** The parts of the page. */
export const tabs = ['rules', 'people', 'try'] as const;

/** What the page shows, as the address bar says it. */
export interface AssignmentParams {
  tab?: (typeof tabs)[number];
  /** Whose form is open: a rule's id, or `new`. */
  rule?: string;
  /** Whose hours and skills are open: a user's id. */
  person?: string;
}
