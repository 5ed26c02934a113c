import { Button, Select } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconFilterCog, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordRow } from '@/api/records';
import { formatCount } from '@/lib/money';
import { ConflictDialog } from '../ConflictDialog';
import { useCommands } from '../commands/registry';
import { EmptyState } from '../EmptyState';
import { ErrorState } from '../ErrorState';
import { criteriaOf, everything, filtersOf, isEverything } from '../filters/criteria';
import { FilterBar } from '../filters/FilterBar';
import { ColumnsButton } from '../record-table/ColumnsButton';
import { type Column, moved } from '../record-table/column';
import { RecordTable } from '../record-table/RecordTable';
import { useSelection } from '../record-table/selection';
import { SearchBox } from '../SearchBox';
import { BulkBar } from './BulkBar';
import { CriteriaChip } from './CriteriaChip';
import { CriteriaDrawer } from './CriteriaDrawer';
import { columnFields, recordColumns } from './columns';
import { ExportButton } from './ExportButton';
import { type Asked, listQuery, useFreshRows } from './list-queries';
import { useListState, withoutEmpty } from './list-state';
import { type Listing, presetOf } from './listing';
import classes from './RecordList.module.css';
import { Total } from './Total';
import { functionsOf, totalsQuery } from './totals';
import { useSavingInList } from './use-saving-in-list';
import { ViewTabs } from './ViewTabs';
import { tabsQuery } from './view-tabs';
import { type View, viewsQuery } from './views';

const idOf = (row: RecordRow) => row.id;

interface Props<Row extends RecordRow> {
  listing: Listing<Row>;
  /** What is asked for, and what is open: the address bar. */
  params: Record<string, string>;
  onParams: (params: Record<string, string>, replace?: boolean) => void;
  /** What the button for a new record says and does; absent where none may be made. */
  create?: { label: string; run: () => void } | undefined;
  /** More buttons in the head. */
  children?: ReactNode;
}

/** All records of a kind, or those of a saved view. */
export function RecordList<Row extends RecordRow>(props: Props<Row>) {
  const { kind, presets } = props.listing;
  const start = presets?.[0]?.params;
  const { data: views, error } = useQuery(viewsQuery(kind));
  const { data: tabs, isPending } = useQuery(tabsQuery(kind));
  const { params, onParams } = props;
  // Only who comes to the list without a wish is led to the view to begin with; what is cleared later stays cleared.
  const [isUndecided, setUndecided] = useState(() => Object.keys(params).length === 0);
  const first = tabs?.default_id;
  const isKnown = !isPending && (!first || views !== undefined || error !== null);
  const exists = views?.some(({ id }) => id === first);
  useEffect(() => {
    if (!isUndecided || !isKnown) return;
    if (exists) onParams({ view: String(first) }, true);
    else if (start) onParams(start, true);
    setUndecided(false);
  }, [isUndecided, isKnown, exists, first, start, onParams]);
  if (isUndecided) return <div className={classes.page} aria-busy="true" />;
  // A link to a view says nothing of what it holds: the list waits for it, and only then.
  if (props.params.view && !views && !error) return <div className={classes.page} aria-busy="true" />;
  return <List {...props} views={views ?? []} />;
}

function List<Row extends RecordRow>({
  listing,
  params,
  onParams,
  create,
  children,
  views,
}: Props<Row> & { views: View[] }) {
  const { t, i18n } = useTranslation();
  const phone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const [building, builder] = useDisclosure();
  const { kind, fields, title, noun, may, usualColumns, looks, editedFact, Peek } = listing;
  const filterFields = useMemo(
    () => fields.list.filter((field) => field.kind !== 'reference' || field.choices.length > 0),
    [fields],
  );
  const view = views.find(({ id }) => String(id) === params.view);
  const list = useListState({ kind, usualColumns, params, onParams, view, fields: filterFields });
  const { criteria, ordering } = list.state;
  const { search = '', count } = params;
  const asked = useMemo<Asked>(
    () => ({ criteria, search, ordering, ...(count && { count }) }),
    [criteria, search, ordering, count],
  );
  // Whether more is on the way is not read: each page would render all of this twice.
  const { data, error, isPending, isPlaceholderData, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    listQuery<Row>(kind, asked),
  );
  const more = useCallback(() => fetchNextPage({ cancelRefetch: false }), [fetchNextPage]);
  useFreshRows(kind);

  const rows = useMemo(() => data?.pages.flatMap((page) => page.results) ?? [], [data]);
  const ids = useMemo(() => rows.map(idOf), [rows]);
  const { columns: names } = list.state;
  const { widths } = list.kept;
  const columns = useMemo(
    () => recordColumns({ names, fields, widths, looks, editedFact }),
    [names, fields, widths, looks, editedFact],
  );
  const filters = useMemo(() => filtersOf(criteria), [criteria]);
  const selection = useSelection(ids);
  const wanted = phone
    ? []
    : names.flatMap((name) => {
        const [field, chosen] = [fields.byName.get(name), list.kept.totals[name]];
        return field && chosen && functionsOf(field).includes(chosen) ? [{ field: name, function: chosen }] : [];
      });
  const totals = useQuery(totalsQuery(kind, { criteria, search }, wanted));
  const saving = useSavingInList<Row>(kind, fields.byName, listing.putElsewhere);
  const { save } = saving;
  const edit = useCallback((row: Row, { name }: { name: string }, value: unknown) => save(row, name, value), [save]);

  const set = (changes: Record<string, string>, replace = false) => {
    onParams(withoutEmpty({ ...params, ...changes }), replace);
  };
  const ask = (changes: () => void) => {
    selection.clear();
    changes();
  };
  const peeked = /^\d+$/.test(params.peek ?? '') ? Number(params.peek) : undefined;
  const peek = (row: Row | undefined) => set({ peek: row ? String(row.id) : '' }, peeked !== undefined);
  const at = peeked === undefined ? -1 : ids.indexOf(peeked);
  const closePeek = () => {
    set({ peek: '' }, true);
    // Back to the row it was opened from.
    requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-active] [data-row-link]')?.focus());
  };

  const preset = presetOf(listing.presets, params);
  const isAsking = search !== '' || !isEverything(criteria);
  const maySelect = may.write || may.delete || listing.Bulk !== undefined;
  useCommands(title, [
    { id: `${kind}.criteria`, label: t('common.list.conditions'), icon: IconFilterCog, run: builder.open },
  ]);
  const isArranged =
    Object.keys(widths).length > 0 || names.join() !== (view ? list.saved.columns : usualColumns).join();
  const found = data?.pages[0]?.count ?? 0;

  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <h1 className={classes.title}>
          {title}
          <Count first={data?.pages[0]} onExact={() => set({ count: 'exact' }, true)} />
        </h1>
        <div className={classes.actions}>
          {children}
          {may.export && <ExportButton className={classes.wide} kind={kind} title={title} asked={asked} />}
          {create && (
            <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={create.run}>
              {create.label}
            </Button>
          )}
        </div>
      </div>
      <ViewTabs
        kind={kind}
        presets={listing.presets}
        params={params}
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
              label={listing.search}
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
              kind={kind}
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
            {t('common.list.advanced')}
          </Button>
          {phone && (
            <SortSelect columns={columns} value={ordering} onChange={(next) => ask(() => list.setOrdering(next))} />
          )}
          {!phone && (
            <div className={classes.right}>
              <ColumnsButton
                choices={columnFields(fields.list).map(({ name, label }) => ({ id: name, label }))}
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
            listing={listing}
            selection={selection}
            loaded={rows.length}
            first={data?.pages[0]}
            search={search}
            criteria={criteria}
          />
        )}
      </div>
      <div className={classes.split}>
        <div className={classes.body} data-stale={isPlaceholderData || undefined}>
          {error && !data ? (
            <ErrorState error={error} onRetry={() => refetch()} />
          ) : rows.length === 0 && !isPending ? (
            <EmptyState
              icon={listing.icon}
              title={
                preset
                  ? t('common.list.none_here', { noun: noun(0) })
                  : isAsking
                    ? t('common.list.none_found', { noun: noun(1) })
                    : t('common.list.none', { noun: noun(0) })
              }
              text={isAsking && !preset ? t('common.list.none_found_text') : listing.noneText}
            >
              {isAsking ? (
                <Button variant="default" onClick={() => onParams({})}>
                  {t('common.list.show_all')}
                </Button>
              ) : null}
              {create && (!isAsking || preset) && <Button onClick={create.run}>{create.label}</Button>}
            </EmptyState>
          ) : (
            <RecordTable
              label={title}
              columns={columns}
              rows={rows}
              rowId={idOf}
              rowName={listing.nameOf}
              total={data?.pages[0]?.count}
              hasMore={hasNextPage}
              isLoading={isPending}
              onMore={more}
              ordering={ordering}
              onOrdering={(next) => ask(() => list.setOrdering(next))}
              selection={maySelect ? selection : undefined}
              density={list.kept.density}
              arranging={{
                onResize: list.setWidth,
                onMove: (name, to) => list.setColumns(moved(names, name, to)),
                onHide: (name) => list.setColumns(names.filter((other) => other !== name)),
              }}
              onEdit={may.write ? edit : undefined}
              current={peeked}
              onCurrent={peek}
              actions={listing.rowActions}
              foot={({ id }) => {
                const field = fields.byName.get(id);
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
              card={phone ? listing.card : undefined}
            />
          )}
        </div>
        {peeked !== undefined && (
          <Peek
            id={peeked}
            onClose={closePeek}
            onPrevious={at > 0 ? () => peek(rows[at - 1]) : undefined}
            onNext={at >= 0 && at < rows.length - 1 ? () => peek(rows[at + 1]) : undefined}
            onSave={may.write ? save : undefined}
          />
        )}
      </div>
      <CriteriaDrawer
        opened={building}
        onClose={builder.close}
        kind={kind}
        noun={noun}
        fields={filterFields}
        value={criteria}
        onApply={(next) => {
          builder.close();
          ask(() => list.setCriteria(next));
        }}
      />
      <ConflictDialog
        conflicts={saving.conflicts}
        fields={fields.byName}
        onResolve={saving.resolve}
        onClose={saving.giveUp}
      />
      <span className="visually-hidden" aria-live="polite">
        {data && !isPlaceholderData
          ? t('common.list.found', { count: found, number: formatCount(found, i18n.language), noun: noun(found) })
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
    <button type="button" className={classes.count} onClick={onExact} title={t('common.list.count_exactly')}>
      {number}+
    </button>
  );
}

function SortSelect<Row>({
  columns,
  value,
  onChange,
}: {
  columns: Column<Row>[];
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
