import type { BantAnswer, BantAnswersInput } from '@/api/types';

/** What is asked about a lead, and how sure the answer is. */
export type Question = BantAnswer['question'];
export type Strength = BantAnswer['strength'];
export type Answers = BantAnswersInput;

export const questions: Question[] = ['budget', 'authority', 'need', 'timeline'];
export const strengths: Strength[] = ['unknown', 'weak', 'strong'];
/** What an answer may rest on. */
export const evidences: NonNullable<BantAnswer['evidence_kind']>[] = [
  'call',
  'meeting',
  'email',
  'note',
  'form',
  'other',
];

/** From when on an answer may be outdated. */
export const OLD_DAYS = 90;

/** What answers amount to: a weak one gives one point, a strong one two. */
export function points(answers: (Strength | undefined)[]): number {
  return answers.reduce((sum, strength) => sum + Math.max(0, strengths.indexOf(strength ?? 'unknown')), 0);
}
