import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import type { Communication } from '@/api/types';
import { ErrorState } from '@/ui/ErrorState';
import { FactList } from '@/ui/facts/FactList';
import type { PeekProps } from '@/ui/record-list/listing';
import { PeekBones, PeekHead, PeekPanel } from '@/ui/record-list/PeekPanel';
import { When } from '@/ui/When';
import { factGroups } from '../facts';
import { communicationQuery } from '../queries';
import { titleOf } from '../ways';
import classes from './Communication.module.css';
import { CommunicationStatus } from './CommunicationStatus';
import { Way } from './Way';
import { With } from './With';

/** A communication beside the list: what was said, and what became of it. */
export function CommunicationPeek({ onSave, ...panel }: PeekProps<Communication>) {
  const { id } = panel;
  const { t } = useTranslation();
  const { data: communication, error, refetch } = useQuery(communicationQuery(id));
  const { list: fields } = useRecordFields('communications');
  const groups = useMemo(() => (communication ? factGroups(communication, fields, t) : []), [communication, fields, t]);
  return (
    <PeekPanel
      {...panel}
      noun={t('communications.noun', { count: 1 })}
      page={(props) => <Link to="/communications/$communicationId" params={{ communicationId: id }} {...props} />}
    >
      {error && !communication && <ErrorState error={error} onRetry={() => refetch()} />}
      {!error && !communication && <PeekBones />}
      {communication && (
        <>
          <PeekHead name={titleOf(communication)}>
            <Way communication={communication} />
            <CommunicationStatus status={communication.status} />
            {communication.occurred_at && <When at={communication.occurred_at} style="date-time" />}
            <With communication={communication} />
          </PeekHead>
          {communication.content && <p className={classes.content}>{communication.content}</p>}
          <FactList
            groups={groups}
            readOnly={!onSave}
            onSave={async (name, value) => onSave?.(communication, name, value)}
          />
        </>
      )}
    </PeekPanel>
  );
}
