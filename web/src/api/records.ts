/** The kinds of records that lists show, as their addresses call them; also the first part of the keys of their queries. */
export const recordKinds = ['customers', 'leads', 'opportunities', 'activities', 'communications'] as const;
export type RecordKind = (typeof recordKinds)[number];

/** What the server calls a record of the kind; also the first part of the keys of what is read about one. */
export const entityOf = {
  customers: 'customer',
  leads: 'lead',
  opportunities: 'opportunity',
  activities: 'activity',
  communications: 'communication',
} as const;

/** Under which all of one record is cached. */
export const recordKey = (kind: RecordKind, id: number) => [entityOf[kind], id] as const;

/** The kind of records that the server calls so. */
export function kindOf(entity: string): RecordKind | undefined {
  return recordKinds.find((kind) => entityOf[kind] === entity);
}

/** The kind of records that a text names, in an address for one. */
export function kindFrom(text: unknown): RecordKind | undefined {
  return recordKinds.find((kind) => kind === text);
}

/** The kinds of records that files bring. */
export const importedKinds = recordKinds.filter((kind) => kind !== 'activities' && kind !== 'communications');

/** What every record of a list has. */
export interface RecordRow {
  id: number;
  version: number;
  /** The fields that the organisation has added. */
  custom: Record<string, unknown>;
}

/** A page of a list. */
export interface RecordPage<Row extends RecordRow = RecordRow> {
  results: Row[];
  count: number;
  count_is_capped: boolean;
  next?: string | null;
}
