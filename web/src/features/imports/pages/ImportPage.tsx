/** Placeholder until the import wizard of this issue lands in the next commit. */
export function ImportPage() {
  return null;
}
