import { IconMessages } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import type { TimelineEntry } from './Timeline';

interface CommunicationEvent {
  id: number;
  at: string;
  kind: string;
  actor_name?: string | null;
  subject_type: string;
  subject_id: number;
  payload: unknown;
  changes: unknown;
}

/** The kinds of events that a chip of a timeline stands for. */
export const communicationKinds = 'communication.created,communication.updated,communication.deleted';

/** Is it an event of a communication, told in the timeline of whom it was with? */
export const isOfCommunication = (event: Pick<CommunicationEvent, 'subject_type'>) =>
  event.subject_type === 'communication';

/** An event of a communication in the timeline of a customer, a lead or an opportunity, or in its own; none where it says nothing there. */
export function communicationEntry(event: CommunicationEvent, t: TFunction, isOwn = false): TimelineEntry | undefined {
  const [, status] = ((event.changes ?? {}) as Record<string, unknown[]>).status ?? [];
  const [, word] = event.kind.split('.');
  if (word === 'updated' && !status) return undefined;
  const { name } = event.payload as { name?: string };
  return {
    id: event.id,
    at: event.at,
    icon: IconMessages,
    title: (
      <>
        <b>{event.actor_name ?? t('common.communication_event.system')}</b>{' '}
        {t(`common.communication_event.${status ? `status_${status}` : word}`, { defaultValue: event.kind })}{' '}
        {!isOwn && (
          <Link to="/communications/$communicationId" params={{ communicationId: event.subject_id }}>
            {name || t('common.communication_event.untitled')}
          </Link>
        )}
      </>
    ),
    isQuiet: event.actor_name == null,
  };
}
