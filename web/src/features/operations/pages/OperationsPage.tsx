import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import type { Operation } from '@/api/types';
import { useCommands } from '@/ui/commands/registry';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { RecordTable } from '@/ui/record-table/RecordTable';
import { useUndo } from '@/ui/toasts';
import { nameOf, operationCard, operationColumns } from '../columns';
import { Filters } from '../components/Filters';
import { OperationDrawer } from '../components/OperationDrawer';
import { answerQuery, type OperationFilters, operationsQuery } from '../queries';
import classes from './OperationsPage.module.css';

/** What the address says: the filters, and the operation that is open. */
export interface OperationParams extends OperationFilters {
  open?: string;
}

/** Everything that was done and can be taken back. */
export function OperationsPage({
  params: { open, ...filters },
  onParams,
}: {
  params: OperationParams;
  onParams: (params: OperationParams) => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const client = useQueryClient();
  const phone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    operationsQuery(filters, me.id),
  );
  const rows = useMemo(() => data?.pages.flatMap((page) => page.results) ?? [], [data]);
  const openId = open === undefined ? undefined : Number(open);
  const show = (id: number | undefined) => onParams({ ...filters, open: id === undefined ? undefined : String(id) });

  const undo = useUndo();
  const pending = undo.isPending ? undo.variables : undefined;
  const start = (id: number) =>
    undo.mutate(id, {
      onSuccess: (answer) => {
        if (!answer) return;
        client.setQueryData(answerQuery(answer.operation_id).queryKey, answer);
        // Where there is something to read, it is shown.
        if (answer.state === 'running' || answer.refused_count > 0) show(answer.operation_id);
      },
    });
  const actions = { undo: ({ id }: Operation) => start(id), pending };
  const columns = operationColumns(t, actions);
  const isAsking = Object.values(filters).some(Boolean);
  useCommands(
    t('operations.title'),
    isAsking
      ? [{ id: 'operations.all', label: t('operations.show_all'), icon: IconHistory, run: () => onParams({}) }]
      : [],
  );

  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <h1 className={classes.title}>{t('operations.title')}</h1>
        <p className={classes.lead}>{t('operations.lead')}</p>
      </header>
      <Filters value={filters} onChange={(changes) => onParams({ ...filters, ...changes })} />
      <div className={classes.body}>
        {error && !data ? (
          <ErrorState error={error} onRetry={() => refetch()} />
        ) : rows.length === 0 && !isPending ? (
          <EmptyState
            icon={IconHistory}
            title={isAsking ? t('operations.none_found') : t('operations.none')}
            text={isAsking ? t('operations.none_found_text') : t('operations.none_text')}
          >
            {isAsking && (
              <Button variant="default" onClick={() => onParams({})}>
                {t('operations.show_all')}
              </Button>
            )}
          </EmptyState>
        ) : (
          <RecordTable
            label={t('operations.title')}
            columns={columns}
            rows={rows}
            rowId={(row) => row.id}
            rowName={(row) => nameOf(t, row)}
            total={data?.pages[0]?.count}
            hasMore={hasNextPage}
            isLoading={isPending || isFetchingNextPage}
            onMore={fetchNextPage}
            ordering=""
            onOrdering={() => {}}
            card={phone ? operationCard(t, actions) : undefined}
          />
        )}
      </div>
      <OperationDrawer
        id={openId}
        listed={rows.find((row) => row.id === openId)}
        onClose={() => show(undefined)}
        onOpen={show}
        onUndo={start}
        isPending={undo.isPending}
      />
    </div>
  );
}
