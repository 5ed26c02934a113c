import { StatusWord } from '@/ui/StatusWord';

const tones = { in_progress: 'busy', waiting: 'warn', completed: 'good' } as const;

/** Where an activity stands, in a word. */
export function ActivityStatus({ status }: { status: string }) {
  return <StatusWord kind="activities" status={status} tones={tones} />;
}
