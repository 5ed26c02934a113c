import { Button, Select } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconDownload, IconPlus, IconUsers } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
import { may, useMe } from '@/api/session';
import type { Customer } from '@/api/types';
import { formatCount } from '@/lib/money';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { FilterBar } from '@/ui/filters/FilterBar';
import { filtersFrom, paramsFrom } from '@/ui/filters/filter';
import { RecordTable } from '@/ui/record-table/RecordTable';
import { useSelection } from '@/ui/record-table/selection';
import { SearchBox } from '@/ui/SearchBox';
import { customerCard, customerColumns } from '../columns';
import { BulkBar } from '../components/BulkBar';
import { CreateDrawer } from '../components/CreateDrawer';
import { customersQuery } from '../queries';
import classes from './CustomersPage.module.css';

const idOf = (customer: Customer) => customer.id;
const nameOf = (customer: Customer) => customer.name;

/** All customers: search, filter, sort, select, create. What is asked for is in the address bar. */
export function CustomersPage({
  params,
  onParams,
}: {
  params: Record<string, string>;
  onParams: (params: Record<string, string>, replace?: boolean) => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const phone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const [creating, create] = useDisclosure();
  const { list: fields, byName } = useCustomerFields();
  const { data, error, isPending, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } =
    useInfiniteQuery(customersQuery(params));

  const rows = useMemo(() => data?.pages.flatMap((page) => page.results) ?? [], [data]);
  const ids = useMemo(() => rows.map(idOf), [rows]);
  const columns = useMemo(() => customerColumns(byName), [byName]);
  const filterFields = useMemo(
    () => fields.filter((field) => field.kind !== 'reference' || field.choices.length > 0),
    [fields],
  );
  const filters = useMemo(() => filtersFrom(params), [params]);
  const selection = useSelection(ids);

  const { search = '', ordering = '' } = params;
  const set = (changes: Record<string, string>, replace = false) => {
    selection.clear();
    onParams(withoutEmpty({ ...params, ...changes }), replace);
  };
  const setFilters = (next: typeof filters) => {
    selection.clear();
    onParams(withoutEmpty({ search, ordering, ...paramsFrom(next) }));
  };
  const isAsking = search !== '' || filters.length > 0;
  const mayWrite = may(me, 'customer.write');

  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <h1 className={classes.title}>
          {t('customers.title')}
          <Count first={data?.pages[0]} onExact={() => set({ count: 'exact' }, true)} />
        </h1>
        <div className={classes.actions}>
          {may(me, 'customer.export') && (
            <Button
              className={classes.wide}
              component="a"
              href={exportLink(params)}
              download
              variant="default"
              leftSection={<IconDownload size={15} aria-hidden />}
            >
              {t('customers.export')}
            </Button>
          )}
          {mayWrite && (
            <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={create.open}>
              {t('customers.new')}
            </Button>
          )}
        </div>
      </div>
      <div className={classes.tools}>
        <div className={classes.search}>
          <SearchBox label={t('customers.search')} value={search} onChange={(text) => set({ search: text }, true)} />
        </div>
        <FilterBar fields={filterFields} value={filters} onChange={setFilters} />
        {phone && <SortSelect columns={columns} value={ordering} onChange={(next) => set({ ordering: next })} />}
      </div>
      <div className={classes.body} data-stale={isPlaceholderData || undefined}>
        {error && !data ? (
          <ErrorState error={error} onRetry={() => refetch()} />
        ) : rows.length === 0 && !isPending ? (
          <EmptyState
            icon={IconUsers}
            title={isAsking ? t('customers.none_found') : t('customers.none')}
            text={isAsking ? t('customers.none_found_text') : t('customers.none_text')}
          >
            {isAsking ? (
              <Button variant="default" onClick={() => onParams({})}>
                {t('customers.show_all')}
              </Button>
            ) : (
              mayWrite && <Button onClick={create.open}>{t('customers.new')}</Button>
            )}
          </EmptyState>
        ) : (
          <RecordTable
            label={t('customers.title')}
            columns={columns}
            rows={rows}
            rowId={idOf}
            rowName={nameOf}
            total={data?.pages[0]?.count}
            hasMore={hasNextPage}
            isLoading={isPending || isFetchingNextPage}
            onMore={fetchNextPage}
            ordering={ordering}
            onOrdering={(next) => set({ ordering: next })}
            selection={mayWrite ? selection : undefined}
            card={phone ? customerCard : undefined}
          />
        )}
        {!selection.isEmpty && (
          <BulkBar
            selection={selection}
            loaded={rows.length}
            first={data?.pages[0]}
            search={search}
            filters={filters}
            fields={filterFields}
          />
        )}
      </div>
      <CreateDrawer opened={creating} onClose={create.close} />
    </div>
  );
}

function Count({
  first,
  onExact,
}: {
  first: { count: number; count_is_capped: boolean } | undefined;
  onExact: () => void;
}) {
  const { t, i18n } = useTranslation();
  if (!first) return null;
  const number = formatCount(first.count, i18n.language);
  if (!first.count_is_capped) return <span className={classes.count}>{number}</span>;
  return (
    <button type="button" className={classes.count} onClick={onExact} title={t('customers.count_exactly')}>
      {number}+
    </button>
  );
}

function SortSelect({
  columns,
  value,
  onChange,
}: {
  columns: ReturnType<typeof customerColumns>;
  value: string;
  onChange: (ordering: string) => void;
}) {
  const { t } = useTranslation();
  const data = columns
    .filter((column) => column.sortable)
    .flatMap(({ id, header }) => [
      { value: id, label: header },
      { value: `-${id}`, label: t('common.sort.descending', { name: header }) },
    ]);
  return (
    <Select
      size="xs"
      aria-label={t('common.sort.label')}
      placeholder={t('common.sort.none')}
      data={data}
      value={value || null}
      onChange={(next) => onChange(next ?? '')}
      clearable
      clearButtonProps={{ 'aria-label': t('common.clear') }}
    />
  );
}

function withoutEmpty(params: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== ''));
}

function exportLink(params: Record<string, string>): string {
  const { count: _, ...query } = params;
  return `/api/v1/crm/customers/export/?${new URLSearchParams({ format: 'xlsx', ...query })}`;
}
