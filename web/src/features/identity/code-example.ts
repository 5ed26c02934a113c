import { businessDay } from '@/lib/dates';

/** What a code is made by where the organisation says nothing. */
export const DEFAULT_PATTERN = 'M-{000000}';

const MAX_CHARS = 20;
const COUNTER = /\{(0+)\}/;

/** The first code of a pattern, for showing; nothing where the pattern cannot be used (the server says why). */
export function codeExample(pattern: string, today = businessDay(new Date())): string | undefined {
  const [year = '', month = ''] = today.split('-');
  const dated = (pattern.trim() || DEFAULT_PATTERN)
    .replaceAll('{YYYY}', year)
    .replaceAll('{YY}', year.slice(2))
    .replaceAll('{MM}', month);
  const counter = COUNTER.exec(dated)?.[1];
  if (!counter) return undefined;
  const code = dated.replace(COUNTER, '1'.padStart(counter.length, '0'));
  return /[{}]/.test(code) || new TextEncoder().encode(code).length > MAX_CHARS ? undefined : code;
}
