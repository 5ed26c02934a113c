import { ActionIcon } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMessagePlus, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { Communication } from '@/api/types';
import { useCommands } from '@/ui/commands/registry';
import { ErrorState } from '@/ui/ErrorState';
import { Panel } from '@/ui/record-page/Panel';
import { When } from '@/ui/When';
import { communicationsOfQuery, type Tie } from '../queries';
import { titleOf } from '../ways';
import classes from './Communication.module.css';
import { CommunicationStatus } from './CommunicationStatus';
import { Way } from './Way';

// Opened seldom, so fetched when asked for.
const LogDrawer = lazy(() => import('./LogDrawer'));

const SHOWN = 4;

/** What was said and written last with a customer or a lead; more can be logged. */
export function CommunicationsPanel({ tie, known }: { tie: Tie; known?: { value: string; label: string } }) {
  const { t } = useTranslation();
  const me = useMe();
  const mayRead = may(me, 'communication.read');
  const mayWrite = may(me, 'communication.write');
  const { data, error, refetch } = useQuery({ ...communicationsOfQuery(tie, SHOWN), enabled: mayRead });
  const [isLogging, logging] = useDisclosure();
  useCommands(
    t('communications.title'),
    mayWrite
      ? [{ id: 'communication.log', label: t('communications.log'), icon: IconMessagePlus, run: logging.open }]
      : [],
  );
  if (!mayRead) return null;
  const list = Object.entries(tie)[0];
  return (
    <Panel
      title={t('communications.last')}
      actions={
        mayWrite && (
          <ActionIcon
            size="sm"
            aria-label={t('communications.log')}
            title={t('communications.log')}
            onClick={logging.open}
          >
            <IconPlus size={15} aria-hidden />
          </ActionIcon>
        )
      }
    >
      {error && !data && <ErrorState error={error} onRetry={() => refetch()} />}
      {data?.count === 0 && <p className={classes.dim}>{t('communications.none')}</p>}
      <ul className={classes.list}>
        {data?.communications.map((communication) => (
          <Line key={communication.id} communication={communication} />
        ))}
      </ul>
      {(data?.count ?? 0) > SHOWN && list && (
        <Link to="/communications" search={{ [list[0]]: String(list[1]), ordering: '-occurred_at' }}>
          {t('communications.all', { count: data?.count ?? 0 })}
        </Link>
      )}
      <Suspense>{isLogging && <LogDrawer tie={tie} {...(known && { known })} onClose={logging.close} />}</Suspense>
    </Panel>
  );
}

function Line({ communication }: { communication: Communication }) {
  return (
    <li className={classes.line}>
      <Link
        to="/communications/$communicationId"
        params={{ communicationId: communication.id }}
        className={classes.subject}
      >
        {titleOf(communication)}
      </Link>
      <p className={classes.dim}>
        <Way communication={communication} bare />
        <CommunicationStatus status={communication.status} />
        {communication.occurred_at && <When at={communication.occurred_at} style="date-time" />}
      </p>
      {communication.subject && communication.content && <p className={classes.excerpt}>{communication.content}</p>}
    </li>
  );
}
