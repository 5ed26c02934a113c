import { Alert, Button, Select, Table } from '@mantine/core';
import { IconDownload, IconHistory, IconShieldCheck } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { AuditEntry } from '@/api/types';
import { businessDay, dayBounds } from '@/lib/dates';
import { formatCount } from '@/lib/money';
import { DateField } from '@/ui/DateField';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { foldedOptions } from '@/ui/folded-options';
import { Page } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { SearchBox } from '@/ui/SearchBox';
import { When } from '@/ui/When';
import { type AuditParams, actorsQuery, auditQuery, exportLink, useVerify } from '../audit';
import { useFieldNames } from '../field-names';
import { filters, sayField, sayFilter, sayKind, saySubject } from '../kinds';
import classes from './AuditPage.module.css';

/** Everything that was done and every reading that matters; whether the chain of it is whole. */
export function AuditPage({ params, onParams }: { params: AuditParams; onParams: (params: AuditParams) => void }) {
  const { t } = useTranslation();
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    auditQuery(params),
  );
  const set = (changes: AuditParams) => {
    const next = Object.entries({ ...params, ...changes }).filter(([, value]) => value);
    onParams(Object.fromEntries(next));
  };
  return (
    <Page
      wide
      title={t('audit.title')}
      lead={t('audit.lead')}
      actions={
        <Button
          component="a"
          href={exportLink(params)}
          download
          variant="default"
          leftSection={<IconDownload size={15} aria-hidden />}
        >
          {t('audit.export')}
        </Button>
      }
    >
      <Chain />
      <Filters params={params} onParams={set} />
      {error && !data ? (
        <ErrorState error={error} onRetry={() => refetch()} />
      ) : (
        <>
          <Entries rows={data?.pages.flatMap(({ results }) => results)} isLoading={isPending} />
          {hasNextPage && (
            <Button variant="default" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
              {t('common.more')}
            </Button>
          )}
        </>
      )}
    </Page>
  );
}

function Chain() {
  const { t, i18n } = useTranslation();
  const textOf = useErrorText();
  const verify = useVerify();
  const verdict = verify.data;
  return (
    <div className={classes.chain} aria-live="polite">
      <Button
        variant="default"
        loading={verify.isPending}
        leftSection={<IconShieldCheck size={15} aria-hidden />}
        onClick={() => verify.mutate()}
      >
        {t('audit.verify')}
      </Button>
      {verify.error && (
        <Alert color="red" variant="light" role="alert">
          {textOf(verify.error)}
        </Alert>
      )}
      {verdict &&
        (verdict.broken ? (
          <Alert color="red" variant="light" role="alert">
            {t('audit.broken', { number: verdict.broken.entry_id ?? verdict.broken.event_id ?? '' })}
          </Alert>
        ) : (
          <span>
            {t('audit.whole', { count: verdict.entries, number: formatCount(verdict.entries, i18n.language) })}
          </span>
        ))}
    </div>
  );
}

function Filters({ params, onParams }: { params: AuditParams; onParams: (changes: AuditParams) => void }) {
  const { t } = useTranslation();
  const { data: actors } = useQuery(actorsQuery);
  const clear = { clearable: true, clearButtonProps: { 'aria-label': t('common.clear') }, searchable: true };
  return (
    <div className={classes.filters}>
      <SearchBox label={t('audit.search')} value={params.search ?? ''} onChange={(search) => onParams({ search })} />
      <Select
        {...clear}
        aria-label={t('audit.who')}
        placeholder={t('audit.who')}
        data={actors?.map(({ id, name }) => ({ value: String(id), label: name })) ?? []}
        filter={foldedOptions}
        value={params.actor_id ?? null}
        onChange={(actor_id) => onParams({ actor_id: actor_id ?? '' })}
      />
      <Select
        {...clear}
        aria-label={t('audit.what')}
        placeholder={t('audit.what')}
        data={filters.map((value) => ({ value, label: sayFilter(t, value) }))}
        filter={foldedOptions}
        value={params.kind ?? null}
        onChange={(kind) => onParams({ kind: kind ?? '' })}
      />
      {(
        [
          ['at__gte', t('audit.from')],
          ['at__lte', t('audit.to')],
        ] as const
      ).map(([name, label]) => (
        <DateField
          key={name}
          aria-label={label}
          placeholder={label}
          value={params[name] ? businessDay(params[name]) : null}
          onChange={(day) => onParams({ [name]: bound(name, day) })}
        />
      ))}
    </div>
  );
}

/** The first or last moment of a day, where one is. */
function bound(name: 'at__gte' | 'at__lte', day: string | null): string {
  if (!day) return '';
  const { first, last } = dayBounds(day);
  return name === 'at__gte' ? first : last;
}

function Entries({ rows, isLoading }: { rows: AuditEntry[] | undefined; isLoading: boolean }) {
  const { t } = useTranslation();
  return (
    <PlainTable
      label={t('audit.title')}
      rows={rows}
      isLoading={isLoading}
      rowId={({ id }) => id}
      columns={[
        {
          id: 'what',
          header: t('audit.what'),
          cell: (entry) => (
            <details className={classes.entry}>
              <summary>{sayKind(t, entry.kind)}</summary>
              <Details entry={entry} />
            </details>
          ),
        },
        { id: 'on', header: t('audit.on'), cell: (entry) => <Subject entry={entry} /> },
        { id: 'who', header: t('audit.who'), cell: (entry) => entry.actor_name ?? t('audit.system') },
        { id: 'where', header: t('audit.where'), cell: (entry) => sayVia(t, entry) },
        { id: 'when', header: t('audit.when'), cell: ({ at }) => <When at={at} style="date-time" /> },
      ]}
      empty={<EmptyState icon={IconHistory} title={t('audit.none')} text={t('audit.none_text')} />}
    />
  );
}

function Subject({ entry: { subject_type, subject_id } }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const name = `${saySubject(t, subject_type)} ${subject_id}`;
  if (subject_type !== 'customer') return name;
  return (
    <Link to="/customers/$customerId" params={{ customerId: subject_id }}>
      {name}
    </Link>
  );
}

function sayVia(t: ReturnType<typeof useTranslation>['t'], { via, address }: AuditEntry): string {
  const kind = via?.split(':')[0] ?? '';
  const means = kind ? t(`audit.via.${kind}`, { defaultValue: kind }) : '';
  return [means, address].filter(Boolean).join(' · ');
}

function sayValue(t: ReturnType<typeof useTranslation>['t'], value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? t('common.yes') : t('common.no');
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return value.join(', ') || '—';
  return value === null ? '—' : JSON.stringify(value);
}

function Details({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const names = useFieldNames();
  const say = (field: string) => names.get(field) ?? sayField(t, field);
  const said = Object.entries(entry.details ?? {});
  const lines: [string, string][] = [
    [t('audit.entry'), String(entry.id)],
    ...(entry.summary.fields.length > 0
      ? [[t('audit.fields'), entry.summary.fields.map(say).join(', ')] as [string, string]]
      : []),
    ...said.map(([name, value]): [string, string] => [say(name), sayValue(t, value)]),
    [t('audit.hash'), entry.hash],
  ];
  return (
    <Table className={classes.details} withRowBorders={false} verticalSpacing={2}>
      <Table.Tbody>
        {lines.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th>{name}</Table.Th>
            <Table.Td>
              <code>{value}</code>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
