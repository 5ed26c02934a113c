/** What was filled in, by field, as text: whatever strangers send is shown and never followed. */
export function answersOf(answers: Record<string, unknown>): [name: string, value: string][] {
  return Object.entries(answers).map(([name, value]) => [name, textOf(value)]);
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Who sent it in: the name, else by what they can be reached. */
export function nameOf(answers: Record<string, unknown>): string {
  const of = (name: string) => textOf(answers[name]).trim();
  return [of('first_name'), of('last_name')].filter(Boolean).join(' ') || of('company') || of('email') || of('phone');
}
