import { Button, Select } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconFilterCog, IconPlus, IconUsers } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
import { may, useMe } from '@/api/session';
import type { Customer } from '@/api/types';
import { formatCount } from '@/lib/money';
import { ConflictDialog } from '@/ui/ConflictDialog';
import { useCommands } from '@/ui/commands/registry';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { criteriaOf, everything, filtersOf, isEverything } from '@/ui/filters/criteria';
import { FilterBar } from '@/ui/filters/FilterBar';
import { ColumnsButton } from '@/ui/record-table/ColumnsButton';
import { moved } from '@/ui/record-table/column';
import { RecordTable } from '@/ui/record-table/RecordTable';
import { useSelection } from '@/ui/record-table/selection';
import { SearchBox } from '@/ui/SearchBox';
import { columnFields, customerCard, customerColumns, usualColumns } from '../columns';
import { BulkBar } from '../components/BulkBar';
import { CreateDrawer } from '../components/CreateDrawer';
import { CriteriaChip } from '../components/CriteriaChip';
import { CriteriaDrawer } from '../components/CriteriaDrawer';
import { ExportButton } from '../components/ExportButton';
import { Peek } from '../components/Peek';
import { Total } from '../components/Total';
import { ViewTabs } from '../components/ViewTabs';
import { useListState, withoutEmpty } from '../list-state';
import { useSavingInList } from '../saving';
import { type Asked, listQuery, useFreshRows } from '../table-queries';
import { functionsOf, totalsQuery } from '../totals';
import { tabsQuery } from '../view-tabs';
import { type View, viewsQuery } from '../views';
import classes from './CustomersPage.module.css';

const idOf = (customer: Customer) => customer.id;
const nameOf = (customer: Customer) => customer.name;

interface Props {
  params: Record<string, string>;
  onParams: (params: Record<string, string>, replace?: boolean) => void;
}

/** All customers, or those of a saved view. What is asked for, and what is open, is in the address bar. */
export function CustomersPage(props: Props) {
  const { data: views, error } = useQuery(viewsQuery);
  const { data: tabs, isPending } = useQuery(tabsQuery);
  const { params, onParams } = props;
  // Only who comes to the list without a wish is led to the view to begin with; what is cleared later stays cleared.
  const [isUndecided, setUndecided] = useState(() => Object.keys(params).length === 0);
  const first = tabs?.default_id;
  const isKnown = !isPending && (!first || views !== undefined || error !== null);
  const exists = views?.some(({ id }) => id === first);
  useEffect(() => {
    if (!isUndecided || !isKnown) return;
    if (exists) onParams({ view: String(first) }, true);
    setUndecided(false);
  }, [isUndecided, isKnown, exists, first, onParams]);
  if (isUndecided) return <div className={classes.page} aria-busy="true" />;
  // A link to a view says nothing of what it holds: the list waits for it, and only then.
  if (props.params.view && !views && !error) return <div className={classes.page} aria-busy="true" />;
  return <List {...props} views={views ?? []} />;
}

function List({ params, onParams, views }: Props & { views: View[] }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const phone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const [creating, create] = useDisclosure();
  const [building, builder] = useDisclosure();
  const { list: fields, byName } = useCustomerFields();
  const filterFields = useMemo(
    () => fields.filter((field) => field.kind !== 'reference' || field.choices.length > 0),
    [fields],
  );
  const view = views.find(({ id }) => String(id) === params.view);
  const list = useListState({ params, onParams, view, fields: filterFields });
  const { criteria, ordering } = list.state;
  const { search = '', count } = params;
  const asked = useMemo<Asked>(
    () => ({ criteria, search, ordering, ...(count && { count }) }),
    [criteria, search, ordering, count],
  );
  const { data, error, isPending, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } =
    useInfiniteQuery(listQuery(asked));
  useFreshRows();

  const rows = useMemo(() => data?.pages.flatMap((page) => page.results) ?? [], [data]);
  const ids = useMemo(() => rows.map(idOf), [rows]);
  const { columns: names } = list.state;
  const { widths } = list.kept;
  const columns = useMemo(() => customerColumns(names, byName, widths), [names, byName, widths]);
  const filters = useMemo(() => filtersOf(criteria), [criteria]);
  const selection = useSelection(ids);
  const wanted = phone
    ? []
    : names.flatMap((name) => {
        const [field, chosen] = [byName.get(name), list.kept.totals[name]];
        return field && chosen && functionsOf(field).includes(chosen) ? [{ field: name, function: chosen }] : [];
      });
  const totals = useQuery(totalsQuery({ criteria, search }, wanted));
  const saving = useSavingInList(byName);
  const { save } = saving;
  const edit = useCallback(
    (row: Customer, { name }: { name: string }, value: unknown) => save(row, name, value),
    [save],
  );

  const set = (changes: Record<string, string>, replace = false) => {
    onParams(withoutEmpty({ ...params, ...changes }), replace);
  };
  const ask = (changes: () => void) => {
    selection.clear();
    changes();
  };
  const peeked = /^\d+$/.test(params.peek ?? '') ? Number(params.peek) : undefined;
  const peek = (row: Customer | undefined) => set({ peek: row ? String(row.id) : '' }, peeked !== undefined);
  const at = peeked === undefined ? -1 : ids.indexOf(peeked);
  const closePeek = () => {
    set({ peek: '' }, true);
    // Back to the row it was opened from.
    requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-active] [data-row-link]')?.focus());
  };

  const isAsking = search !== '' || !isEverything(criteria);
  const mayWrite = may(me, 'customer.write');
  const maySelect = mayWrite || may(me, 'customer.delete');
  useCommands(t('customers.title'), [
    { id: 'customers.criteria', label: t('customers.criteria.title'), icon: IconFilterCog, run: builder.open },
  ]);
  const isArranged =
    Object.keys(widths).length > 0 || names.join() !== (view ? list.saved.columns : usualColumns).join();

  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <h1 className={classes.title}>
          {t('customers.title')}
          <Count first={data?.pages[0]} onExact={() => set({ count: 'exact' }, true)} />
        </h1>
        <div className={classes.actions}>
          {may(me, 'customer.export') && <ExportButton className={classes.wide} asked={asked} />}
          {mayWrite && (
            <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={create.open}>
              {t('customers.new')}
            </Button>
          )}
        </div>
      </div>
      <ViewTabs
        views={views}
        view={view}
        state={list.state}
        isChanged={list.isChanged}
        isAsking={!isEverything(criteria) || ordering !== '' || names.join() !== usualColumns.join()}
        onView={(id) => ask(() => onParams(id === undefined ? {} : { view: String(id) }))}
      />
      <div className={classes.bench}>
        <div className={classes.tools} inert={!selection.isEmpty}>
          <div className={classes.search}>
            <SearchBox
              label={t('customers.search')}
              value={search}
              onChange={(text) => ask(() => set({ search: text, count: '', peek: '' }, true))}
            />
          </div>
          {filters ? (
            <FilterBar
              fields={filterFields}
              value={filters}
              onChange={(next) => ask(() => list.setCriteria(criteriaOf(next, filterFields)))}
            />
          ) : (
            <CriteriaChip
              criteria={criteria}
              onOpen={builder.open}
              onRemove={() => ask(() => list.setCriteria(everything))}
            />
          )}
          <Button
            variant={filters ? 'subtle' : 'default'}
            color="gray"
            leftSection={<IconFilterCog size={15} aria-hidden />}
            onClick={builder.open}
          >
            {t('customers.criteria.open')}
          </Button>
          {phone && (
            <SortSelect columns={columns} value={ordering} onChange={(next) => ask(() => list.setOrdering(next))} />
          )}
          {!phone && (
            <div className={classes.right}>
              <ColumnsButton
                choices={columnFields(fields).map(({ name, label }) => ({ id: name, label }))}
                value={columns.map(({ id }) => id)}
                onChange={list.setColumns}
                density={list.kept.density}
                onDensity={list.setDensity}
                onReset={isArranged ? list.resetColumns : undefined}
              />
            </div>
          )}
        </div>
        {!selection.isEmpty && (
          <BulkBar
            selection={selection}
            loaded={rows.length}
            first={data?.pages[0]}
            search={search}
            criteria={criteria}
            fields={fields}
          />
        )}
      </div>
      <div className={classes.split}>
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
              onOrdering={(next) => ask(() => list.setOrdering(next))}
              selection={maySelect ? selection : undefined}
              density={list.kept.density}
              arranging={{
                onResize: list.setWidth,
                onMove: (name, to) => list.setColumns(moved(names, name, to)),
                onHide: (name) => list.setColumns(names.filter((other) => other !== name)),
              }}
              onEdit={mayWrite ? edit : undefined}
              current={peeked}
              onCurrent={peek}
              foot={({ id }) => {
                const field = byName.get(id);
                if (!field) return null;
                const chosen = wanted.find((one) => one.field === id)?.function;
                return (
                  <Total
                    field={field}
                    chosen={chosen}
                    figure={totals.data?.find((one) => one.field === id && one.function === chosen)}
                    isLoading={totals.isPending}
                    onChoose={(next) => list.setTotal(id, next)}
                  />
                );
              }}
              card={phone ? customerCard : undefined}
            />
          )}
        </div>
        {peeked !== undefined && (
          <Peek
            id={peeked}
            onClose={closePeek}
            onPrevious={at > 0 ? () => peek(rows[at - 1]) : undefined}
            onNext={at >= 0 && at < rows.length - 1 ? () => peek(rows[at + 1]) : undefined}
            onSave={mayWrite ? save : undefined}
          />
        )}
      </div>
      <CreateDrawer opened={creating} onClose={create.close} />
      <CriteriaDrawer
        opened={building}
        onClose={builder.close}
        fields={filterFields}
        value={criteria}
        onApply={(next) => {
          builder.close();
          ask(() => list.setCriteria(next));
        }}
      />
      <ConflictDialog
        conflicts={saving.conflicts}
        labelOf={(name) => byName.get(name)?.label ?? name}
        say={(name, value) =>
          byName.get(name)?.choices.find((choice) => choice.value === String(value))?.label ?? String(value ?? '')
        }
        onResolve={saving.resolve}
        onClose={saving.giveUp}
      />
      <span className="visually-hidden" aria-live="polite">
        {data && !isPlaceholderData
          ? t('customers.found', {
              count: data.pages[0]?.count ?? 0,
              number: formatCount(data.pages[0]?.count ?? 0, i18n.language),
            })
          : ''}
      </span>
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
