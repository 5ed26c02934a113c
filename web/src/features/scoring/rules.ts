import type { ScoreRule } from '@/api/types';

/** What somebody can do that counts. */
export const touches = ['form', 'visit', 'email_open', 'email_click', 'reply', 'call', 'meeting', 'note'] as const;

/** The rules of a kind, in their order. */
export function rulesOf(rules: ScoreRule[], kind: ScoreRule['kind']): ScoreRule[] {
  return rules.filter((rule) => rule.kind === kind);
}

/** Can the server still read it? A field that it asks for may be gone. */
export function isReadable({ kind, sentence }: ScoreRule): boolean {
  return kind === 'engagement' || sentence != null;
}

/** Points with their sign: `+10`, `−5`. */
export function signed(points: number, language: string): string {
  return new Intl.NumberFormat(language, { signDisplay: 'always', maximumFractionDigits: 0 }).format(points);
}

/** The bands of a score, as the server counts them. */
export const bandLabels = Array.from({ length: 10 }, (_, band) => `${band * 10}–${band === 9 ? 100 : band * 10 + 9}`);
