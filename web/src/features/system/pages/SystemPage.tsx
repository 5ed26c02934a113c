import { Badge, Button, Code } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Check } from '@/api/types';
import { formatCount } from '@/lib/money';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { Page, PagePart } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { showRefusal } from '@/ui/toasts';
import { When } from '@/ui/When';
import { doctorQuery, systemQuery, useReplay } from '../system';
import classes from './SystemPage.module.css';

/** How the server is doing: what waits, what went wrong, what to do about it. */
export function SystemPage() {
  const { t, i18n } = useTranslation();
  const { data, error, refetch } = useQuery(systemQuery);
  const { isPending: isLooking } = useQuery(doctorQuery);
  const number = (count: number) => formatCount(count, i18n.language);
  if (error && !data) return <ErrorState error={error} onRetry={() => refetch()} />;
  return (
    <Page wide title={t('system.title')} lead={t('system.lead')}>
      <dl className={classes.facts}>
        <div>
          <dt>{t('system.version')}</dt>
          <dd>{data?.version ?? '…'}</dd>
        </div>
        <div>
          <dt>{t('system.database')}</dt>
          <dd>{data ? t(`system.databases.${data.database}`) : '…'}</dd>
        </div>
        <div>
          <dt>{t('system.size')}</dt>
          <dd>{data ? `${number(Math.round(data.database_bytes / 1_000_000))} MB` : '…'}</dd>
        </div>
        <div>
          <dt>{t('system.rate')}</dt>
          <dd>{data ? number(data.rates.events_last_hour) + (data.rates.is_capped ? '+' : '') : '…'}</dd>
        </div>
      </dl>
      <Doctor />
      {/* What stands below comes when what is above has its height: nothing is pushed away under the eyes. */}
      {data && !isLooking && (
        <>
          <PagePart id="system-consumers" title={t('system.consumers')} lead={t('system.consumers_lead')}>
            <PlainTable
              label={t('system.consumers')}
              rows={data.consumers}
              rowId={({ consumer }) => consumer}
              columns={[
                {
                  id: 'name',
                  header: t('system.name'),
                  cell: ({ consumer }) =>
                    t(`system.consumer.${consumer.replaceAll('.', '_')}`, { defaultValue: consumer }),
                },
                {
                  id: 'behind',
                  header: t('system.behind'),
                  align: 'end',
                  cell: ({ behind }) => (behind === 0 ? t('system.up_to_date') : number(behind)),
                },
                {
                  id: 'failures',
                  header: t('system.failures'),
                  cell: ({ failures, last_error }) =>
                    failures === 0 ? '—' : <Failure count={failures} text={last_error} />,
                },
              ]}
            />
          </PagePart>
          <SetAside />
          <PagePart id="system-jobs" title={t('system.jobs')}>
            <PlainTable
              label={t('system.jobs')}
              rows={data.jobs}
              rowId={({ id }) => id}
              columns={[
                {
                  id: 'kind',
                  header: t('system.name'),
                  cell: ({ kind }) => t(`system.job.${kind.replaceAll('.', '_')}`, { defaultValue: kind }),
                },
                { id: 'at', header: t('system.run_at'), cell: ({ run_at }) => <When at={run_at} style="date-time" /> },
                {
                  id: 'state',
                  header: t('system.state'),
                  cell: ({ failed, attempts, last_error }) =>
                    failed ? (
                      <Failure count={attempts} text={last_error} />
                    ) : (
                      t(attempts > 0 ? 'system.again' : 'system.waiting')
                    ),
                },
              ]}
              empty={<EmptyState icon={IconCircleCheck} title={t('system.no_jobs')} />}
            />
          </PagePart>
          <PagePart id="system-schedules" title={t('system.schedules')}>
            <PlainTable
              label={t('system.schedules')}
              rows={data.schedules}
              rowId={({ job }) => job}
              columns={[
                {
                  id: 'job',
                  header: t('system.name'),
                  cell: ({ job }) => t(`system.job.${job.replaceAll('.', '_')}`, { defaultValue: job }),
                },
                {
                  id: 'last',
                  header: t('system.last_at'),
                  cell: ({ last_at }) => (last_at ? <When at={last_at} style="date-time" /> : '—'),
                },
                {
                  id: 'next',
                  header: t('system.next_at'),
                  cell: ({ next_at }) => (next_at ? <When at={next_at} style="date-time" /> : '—'),
                },
              ]}
            />
          </PagePart>
        </>
      )}
    </Page>
  );
}

function Failure({ count, text }: { count: number; text: string }) {
  const { t } = useTranslation();
  return (
    <details>
      <summary>
        <Badge color="red" variant="light">
          {t('system.failed', { count })}
        </Badge>
      </summary>
      <Code block>{text}</Code>
    </details>
  );
}

const colors = { ok: 'green', warn: 'orange', fail: 'red' } as const;

function Doctor() {
  const { t } = useTranslation();
  const { data, error, isFetching, refetch } = useQuery(doctorQuery);
  const say = ({ name }: Check) => t(`system.check.${name.replaceAll(' ', '_')}`, { defaultValue: name });
  return (
    <PagePart
      id="system-doctor"
      title={t('system.doctor')}
      actions={
        <Button variant="default" loading={isFetching} onClick={() => refetch()}>
          {t('system.look_again')}
        </Button>
      }
    >
      {error && !data ? (
        <ErrorState error={error} onRetry={() => refetch()} />
      ) : (
        <PlainTable
          label={t('system.doctor')}
          rows={data}
          rowId={({ name }) => name}
          columns={[
            { id: 'name', header: t('system.name'), cell: say },
            {
              id: 'state',
              header: t('system.state'),
              cell: ({ state }) => (
                <Badge color={colors[state]} variant="light">
                  {t(`system.checked.${state}`)}
                </Badge>
              ),
            },
            {
              id: 'found',
              header: t('system.found'),
              cell: ({ state, found, remedy }) =>
                state === 'ok' ? (
                  '—'
                ) : (
                  <>
                    {found} <Code>{remedy}</Code>
                  </>
                ),
            },
          ]}
        />
      )}
    </PagePart>
  );
}

function SetAside() {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { data } = useQuery(systemQuery);
  const replay = useReplay();
  if (!data || data.events_set_aside.length === 0) return null;
  return (
    <PagePart id="system-set-aside" title={t('system.set_aside')} lead={t('system.set_aside_lead')}>
      <PlainTable
        label={t('system.set_aside')}
        rows={data.events_set_aside}
        rowId={({ id }) => id}
        columns={[
          {
            id: 'event',
            header: t('system.event'),
            cell: ({ event_id, consumer }) =>
              `${event_id} · ${t(`system.consumer.${consumer.replaceAll('.', '_')}`, { defaultValue: consumer })}`,
          },
          { id: 'at', header: t('system.run_at'), cell: ({ at }) => <When at={at} style="date-time" /> },
          { id: 'error', header: t('system.found'), cell: ({ error }) => <Code lang="en">{error}</Code> },
        ]}
        actions={({ id }) => (
          <Button
            variant="default"
            size="compact-sm"
            loading={replay.isPending && replay.variables === id}
            onClick={() => replay.mutate(id, { onError: (refusal) => showRefusal(textOf(refusal)) })}
          >
            {t('system.replay')}
          </Button>
        )}
      />
    </PagePart>
  );
}
