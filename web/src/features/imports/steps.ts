import type { ImportJob } from '@/api/types';

/** The steps from a file to customers, in order. */
export const steps = ['file', 'mapping', 'check', 'run'] as const;

/** Where one stands in an import; it is in the address bar. */
export type Step = (typeof steps)[number];

/** The steps that can be looked at: what has begun is past mapping, what has not begun has no outcome. */
export function openSteps({ state }: Pick<ImportJob, 'state'>): Step[] {
  if (state === 'mapping' || state === 'ready') return ['file', 'mapping', 'check'];
  if (state === 'checking') return ['check'];
  return ['run'];
}

/** The step to show: the one asked for where it is open, else the one the import stands at. */
export function stepOf(job: Pick<ImportJob, 'state'>, asked: Step | undefined): Step {
  const open = openSteps(job);
  if (asked && open.includes(asked)) return asked;
  if (job.state === 'mapping') return 'mapping';
  return open[open.length - 1] as Step;
}

/** Reads a step from the address bar. */
export function asStep(text: unknown): Step | undefined {
  return steps.find((step) => step === text);
}
