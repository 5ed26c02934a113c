import { expect, it } from 'vitest';
import { ApiError } from '@/api/error';
import type { ScoreRule } from '@/api/types';
import { canBeLearned } from './model-fields';
import { inputOf } from './queries';
import { bandLabels, isReadable, signed } from './rules';
import { unlisted } from './unlisted';

const rule = (more: Partial<ScoreRule>) =>
  ({ id: 1, name: 'Kural', points: 10, position: 1, is_active: true, criteria: {}, touch: '', ...more }) as ScoreRule;

it('gives the server of a rule what its kind has, and nothing of the other', () => {
  expect(inputOf(rule({ kind: 'fit', criteria: { all: [] } }))).toEqual({
    kind: 'fit',
    name: 'Kural',
    points: 10,
    position: 1,
    is_active: true,
    criteria: { all: [] },
  });
  expect(inputOf(rule({ kind: 'engagement', touch: 'call', half_life_days: 30 }))).not.toHaveProperty('criteria');
});

it('tells a rule that cannot be read any more', () => {
  expect(isReadable(rule({ kind: 'fit', sentence: null }))).toBe(false);
  expect(isReadable(rule({ kind: 'fit', sentence: { tr: 'x', en: 'x' } }))).toBe(true);
  expect(isReadable(rule({ kind: 'engagement' }))).toBe(true);
});

it('names the fields of the rule that was tried as its form does', () => {
  const refusal = new ApiError(422, { errors: { 'rules.2.points': ['0 olamaz.'], 'rules.0.criteria': ['Alan yok.'] } });
  const own = unlisted(refusal, 2) as ApiError;
  expect(own.fieldError('points')).toBe('0 olamaz.');
  expect(own.fieldError('rules.0.criteria')).toBe('Alan yok.');
  const other = new Error('x');
  expect(unlisted(other, 0)).toBe(other);
});

it('lets a model learn from closed lists and numbers, and from nothing that tells the outcome', () => {
  expect(canBeLearned({ name: 'source', kind: 'choice' })).toBe(true);
  expect(canBeLearned({ name: 'city', kind: 'text' })).toBe(true);
  expect(canBeLearned({ name: 'custom.size', kind: 'number' })).toBe(true);
  for (const name of ['status', 'lead_score', 'conversion_date'])
    expect(canBeLearned({ name, kind: 'number' })).toBe(false);
  expect(canBeLearned({ name: 'notes', kind: 'text' })).toBe(false);
});

it('writes points with their sign, and bands without gaps', () => {
  expect(signed(10, 'tr')).toBe('+10');
  expect(signed(-5, 'tr')).toBe('-5');
  expect(bandLabels).toHaveLength(10);
  expect([bandLabels[0], bandLabels[9]]).toEqual(['0–9', '90–100']);
});
