/** On a phone, which of the three columns of a record's page is shown. */
export type RecordTab = 'facts' | 'history' | 'links';

/** The column that the address names. */
export const asRecordTab = (tab: unknown): RecordTab | undefined =>
  tab === 'history' || tab === 'links' ? tab : undefined;
