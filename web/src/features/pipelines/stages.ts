import type { Stage } from '@/api/types';

/** How an opportunity can stand. */
export const outcomes = ['open', 'won', 'lost'] as const;

/** What a forecast can count on. */
export const categories = ['pipeline', 'best_case', 'commit', 'closed', 'omitted'] as const;

/** Every pipeline keeps one of each outcome: may this one go? */
export function mayGo(stage: Stage, stages: Stage[]): boolean {
  return successors(stage, stages).length > 0;
}

/** Where the opportunities of a stage may go when it ends: stages of the same outcome. */
export function successors(stage: Stage, stages: Stage[]): Stage[] {
  return stages.filter(({ id, outcome }) => id !== stage.id && outcome === stage.outcome);
}

/** The name of a stage in the reader's language. */
export function stageName(stage: Stage, language: string): string {
  return language === 'tr' ? stage.name_tr : stage.name_en;
}

/** Hundredths of a percent as a form shows them: 2550 is `25.5`. */
export const percentOf = (hundredths: number) => String(hundredths / 100);
