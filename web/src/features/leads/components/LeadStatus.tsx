import { StatusWord } from '@/ui/StatusWord';

const tones = { new: 'busy', working: 'busy', nurturing: 'warn', qualified: 'good', converted: 'good' } as const;

/** Where a lead stands, in a word. */
export function LeadStatus({ status }: { status: string }) {
  return <StatusWord kind="leads" status={status} tones={tones} />;
}
