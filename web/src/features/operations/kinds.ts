/** Kinds of operations that have a name of their own; of those the history can be narrowed to. */
export const kinds = [
  'customers.create',
  'customers.update',
  'customers.delete',
  'customers.bulk',
  'customers.import',
  'customers.merge',
  'customers.retention',
  'contact_points.create',
  'contact_points.update',
  'contact_points.delete',
  'addresses.create',
  'addresses.update',
  'addresses.delete',
  'relations.create',
  'relations.update',
  'relations.delete',
  'notes.create',
  'notes.update',
  'notes.delete',
  'views.create',
  'views.update',
  'views.delete',
  'duplicates.dismiss',
  'operations.undo',
] as const;

const named = new Set<string>([...kinds, 'demo.individuals', 'demo.owners']);
const bulkActions = ['tag', 'untag', 'delete', 'update'];

/** The key of the text that names a kind; a bulk change is called after what it did. */
export function kindKey(kind: string, summary?: Record<string, unknown>): string {
  const action = String(summary?.action ?? '');
  if (kind === 'customers.bulk' && bulkActions.includes(action)) return `operations.bulk.${action}`;
  return `operations.kind.${named.has(kind) ? kind.replace('.', '_') : 'other'}`;
}
