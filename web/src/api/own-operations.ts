const KEPT = 100;
const own = new Set<string>();

/** Remembers an operation as ours, so that its echo on the event stream is skipped. */
export function rememberOperation(id: string | null) {
  if (!id) return;
  own.add(id);
  if (own.size > KEPT) own.delete(own.values().next().value as string);
}

/** For an operation that goes on in the background: what it does from now on is news also here. */
export function forgetOperation(id: string | number) {
  own.delete(String(id));
}

/** Did this browser tab cause the operation? */
export function isOwnOperation(id: string | number | null | undefined): boolean {
  return id != null && own.has(String(id));
}
