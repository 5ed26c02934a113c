import type { ImportJob } from '@/api/types';

/** The steps from a file to customers, in their order. */
export const steps = ['file', 'mapping', 'check', 'run'] as const;

/** A step of an import. */
export type Step = (typeof steps)[number];

/** The step to be shown: the one that is asked for, as far as the import allows it. What has begun only runs; what has not, cannot. */
export function stepOf(state: ImportJob['state'], asked: Step | undefined): Step {
  const isBegun = state === 'running' || state === 'paused' || state === 'done' || state === 'failed';
  if (isBegun) return 'run';
  if (asked && asked !== 'run') return asked;
  return state === 'mapping' ? 'mapping' : 'check';
}

/** A step by its name in the address bar. */
export function asStep(text: unknown): Step | undefined {
  return steps.find((step) => step === text);
}
