import { StatusWord } from '@/ui/StatusWord';

const tones = {
  delivered: 'good',
  opened: 'good',
  clicked: 'good',
  replied: 'good',
  waiting: 'busy',
  missed: 'warn',
  bounced: 'warn',
  failed: 'warn',
} as const;

/** What became of a communication, in a word. */
export function CommunicationStatus({ status }: { status: string }) {
  return <StatusWord kind="communications" status={status} tones={tones} />;
}
