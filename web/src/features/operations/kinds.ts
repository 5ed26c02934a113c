/** What is done to what: the kinds of operations that have a name of their own. */
const verbs = {
  customers: ['create', 'update', 'delete', 'bulk', 'import', 'merge', 'retention'],
  contact_points: ['create', 'update', 'delete'],
  addresses: ['create', 'update', 'delete'],
  relations: ['create', 'update', 'delete'],
  notes: ['create', 'update', 'delete'],
  views: ['create', 'update', 'delete'],
  leads: ['create', 'update', 'delete', 'bulk', 'import', 'qualify', 'bant', 'touch', 'convert', 'assign'],
  opportunities: ['create', 'update', 'delete', 'bulk', 'import', 'stage', 'lines', 'stakeholders'],
  record_notes: ['create', 'update', 'delete'],
  assignment_rules: ['create', 'update', 'delete', 'reorder'],
  assignment_people: ['update'],
  duplicates: ['dismiss'],
  operations: ['undo'],
};
const ofDemonstration = ['demo.individuals', 'demo.leads', 'demo.owners'];
const bulkActions = ['tag', 'untag', 'delete', 'update'];

/** The kinds to which the history can be narrowed. */
export const kinds = Object.entries(verbs).flatMap(([subject, all]) => all.map((verb) => `${subject}.${verb}`));

/** The kind of what takes another operation back. */
export const UNDO = 'operations.undo';

/** The key of the text that names a kind; a change of many is called after what it did. */
export function kindKey(kind: string, summary?: Record<string, unknown>): string {
  const action = String(summary?.action ?? '');
  if (bulkActions.includes(action)) return `operations.bulk.${action}`;
  const isNamed = kinds.includes(kind) || ofDemonstration.includes(kind);
  return `operations.kind.${isNamed ? kind.replace('.', '_') : 'other'}`;
}
