import { Button, Drawer, Group, Progress, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isStatus } from '@/api/error';
import type { Operation } from '@/api/types';
import { formatCount } from '@/lib/money';
import { ErrorState } from '@/ui/ErrorState';
import { PersonBadge } from '@/ui/PersonBadge';
import { When } from '@/ui/When';
import { nameOf } from '../columns';
import { UNDO } from '../kinds';
import { sizeOf } from '../outcome';
import { answerQuery, operationQuery } from '../queries';
import classes from './OperationDrawer.module.css';
import { Outcome, Standing } from './Outcome';

/** All that is known of one operation: what came of it, how it stands, what undid it and what could not be undone. */
export function OperationDrawer({
  id,
  listed,
  onClose,
  onOpen,
  onUndo,
  isPending,
}: {
  id: number | undefined;
  /** As the list has it. */
  listed: Operation | undefined;
  onClose: () => void;
  onOpen: (id: number) => void;
  onUndo: (id: number) => void;
  isPending: boolean;
}) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({ ...operationQuery(id ?? 0), enabled: id !== undefined });
  const operation = data && { ...listed, ...data };
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position="right"
      size={440}
      title={operation ? nameOf(t, operation) : t('operations.column.what')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {operation ? (
        <Details operation={operation} onOpen={onOpen} onUndo={onUndo} isPending={isPending} />
      ) : isStatus(error, 404) ? (
        <p>{t('operations.not_here')}</p>
      ) : error ? (
        <ErrorState error={error} onRetry={() => refetch()} />
      ) : (
        <Stack gap="sm" aria-busy>
          {['60%', '80%', '50%', '70%'].map((width) => (
            <Skeleton key={width} height={18} width={width} />
          ))}
        </Stack>
      )}
    </Drawer>
  );
}

function Details({
  operation,
  onOpen,
  onUndo,
  isPending,
}: {
  operation: Omit<Operation, 'actor_name' | 'can_be_undone'> & Partial<Operation>;
  onOpen: (id: number) => void;
  onUndo: (id: number) => void;
  isPending: boolean;
}) {
  const { t } = useTranslation();
  const { id, at, finished_at, summary, undoes_id, undone_by_id, state } = operation;
  const file = (summary as Record<string, unknown>).file_name;
  const isRedo = operation.kind === UNDO;
  return (
    <Stack gap="md">
      <dl className={classes.facts}>
        <Fact name={t('operations.column.state')}>
          <Standing operation={operation} />
        </Fact>
        <Fact name={t('operations.column.changed')}>
          <Outcome operation={operation} />
        </Fact>
        {operation.actor_name !== undefined && (
          <Fact name={t('operations.column.who')}>
            {operation.actor_name ? <PersonBadge name={operation.actor_name} /> : t('operations.system')}
          </Fact>
        )}
        <Fact name={t('operations.column.when')}>
          <When at={at} style="date-time" />
        </Fact>
        {finished_at && finished_at !== at && (
          <Fact name={t('operations.finished')}>
            <When at={finished_at} style="date-time" />
          </Fact>
        )}
        {typeof file === 'string' && <Fact name={t('operations.file')}>{file}</Fact>}
        {undoes_id != null && (
          <Fact name={t('operations.undoes')}>
            <Other id={undoes_id} onOpen={onOpen} />
          </Fact>
        )}
        {undone_by_id != null && (
          <Fact name={t('operations.undone_by')}>
            <Other id={undone_by_id} onOpen={onOpen} />
          </Fact>
        )}
        <Fact name={t('operations.number')}>{id}</Fact>
      </dl>
      {state === 'running' && <Running operation={operation} />}
      <Refusals undoId={isRedo ? id : (undone_by_id ?? undefined)} />
      {operation.can_be_undone && undone_by_id == null && state !== 'running' && (
        <Group justify="flex-end">
          <Button variant="default" loading={isPending} onClick={() => onUndo(id)}>
            {t(isRedo ? 'operations.redo' : 'operations.undo')}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Other({ id, onOpen }: { id: number; onOpen: (id: number) => void }) {
  const { t } = useTranslation();
  const { data } = useQuery(operationQuery(id));
  return (
    <button type="button" className={classes.other} onClick={() => onOpen(id)}>
      {data ? nameOf(t, data) : t('operations.show')} ({id})
    </button>
  );
}

/** How far it is: an undo knows by the size of what it undoes. */
function Running({ operation }: { operation: Pick<Operation, 'summary' | 'undoes_id'> }) {
  const { t, i18n } = useTranslation();
  const undoes = operation.undoes_id ?? 0;
  const { data: original } = useQuery({ ...operationQuery(undoes), enabled: undoes > 0 });
  const total = sizeOf(original?.summary as Record<string, unknown> | undefined);
  const counts = operation.summary as Record<string, number>;
  const done = (counts.undone ?? 0) + (counts.refused ?? 0);
  const share = total ? Math.min(100, (done / total) * 100) : 100;
  return (
    <div role="status">
      <Progress.Root size="md">
        <Progress.Section value={share} striped animated aria-label={t('operations.progress')} />
      </Progress.Root>
      {total !== undefined && (
        <p className={classes.progress}>
          {t('operations.progress_of', {
            done: formatCount(done, i18n.language),
            total: formatCount(total, i18n.language),
          })}
        </p>
      )}
    </div>
  );
}

function Refusals({ undoId }: { undoId: number | undefined }) {
  const { t, i18n } = useTranslation();
  const { data: answer } = useQuery(answerQuery(undoId ?? 0));
  if (undoId === undefined || !answer || answer.refused.length === 0) return null;
  return (
    <section aria-labelledby="refusals">
      <h3 id="refusals" className={classes.heading}>
        {t('operations.refusals')}
      </h3>
      <p className={classes.why}>{t('operations.refusals_why')}</p>
      <ul className={classes.refusals}>
        {answer.refused.map(({ subject_type, subject_id, field, reason }) => (
          <li key={`${subject_type} ${subject_id} ${field} ${reason}`}>
            {subject_type === 'customer' ? (
              <Link to="/customers/$customerId" params={{ customerId: subject_id }}>
                {t('operations.record', { number: subject_id })}
              </Link>
            ) : (
              t('operations.record', { number: subject_id })
            )}
            : {reason}
          </li>
        ))}
      </ul>
      {answer.refused_count > answer.refused.length && (
        <p className={classes.why}>
          {t('operations.refusals_more', { number: formatCount(answer.refused_count, i18n.language) })}
        </p>
      )}
    </section>
  );
}
