import { expect, it } from 'vitest';
import { asStep, stepOf } from './steps';

it('shows the step asked for where it is open, else where the import stands', () => {
  expect(stepOf({ state: 'mapping' }, undefined)).toBe('mapping');
  expect(stepOf({ state: 'mapping' }, 'file')).toBe('file');
  expect(stepOf({ state: 'mapping' }, 'run')).toBe('mapping');
  expect(stepOf({ state: 'ready' }, undefined)).toBe('check');
  expect(stepOf({ state: 'checking' }, 'mapping')).toBe('check');
  expect(stepOf({ state: 'done' }, 'mapping')).toBe('run');
  expect(stepOf({ state: 'paused' }, undefined)).toBe('run');
});

it('reads steps only', () => {
  expect(asStep('check')).toBe('check');
  expect(asStep('elsewhere')).toBeUndefined();
});
