/** The parts of the scoring page. */
export const tabs = ['overview', 'rules', 'model'] as const;

/** What the page shows, as the address bar says it. */
export interface ScoringParams {
  tab?: (typeof tabs)[number];
  /** Whose form is open: a rule's id, or `fit` or `engagement` for a new one. */
  rule?: string;
  /** Which version of the model is looked at. */
  version?: string;
}
