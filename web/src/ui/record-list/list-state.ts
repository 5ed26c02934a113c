import { useLocalStorage } from '@mantine/hooks';
import { useMemo } from 'react';
import type { RecordKind } from '@/api/records';
import { useMe } from '@/api/session';
import {
  type Criteria,
  criteriaOf,
  everything,
  filtersOf,
  isEverything,
  isSame,
  readCriteria,
} from '../filters/criteria';
import { type FilterField, filtersFrom, paramsFrom } from '../filters/filter';
import { type Density, densities } from '../record-table/column';
import type { TotalFunction } from './totals';
import type { View } from './views';

/** What the list asks and how it looks, whoever said so: the address bar, the view, or the browser. */
export interface ListState {
  criteria: Criteria;
  ordering: string;
  columns: string[];
}

/** In the address bar, beside a view, this says "none" and not "what the view says". */
const NONE = 'none';

/** Keeps what a user arranged in this browser. */
interface Kept {
  columns?: string[];
  widths: Record<string, number>;
  density: Density;
  /** The figure below each column that has one. */
  totals: Record<string, TotalFunction>;
}

const fresh: Kept = { widths: {}, density: 'normal', totals: {} };

/**
 * The state of a list. The address bar comes first, then the saved view; the order of columns without a view, their widths and
 * the density stay in the browser.
 */
export function useListState({
  kind,
  usualColumns,
  params,
  onParams,
  view,
  fields,
}: {
  kind: RecordKind;
  /** The columns of a list that nobody has arranged. */
  usualColumns: string[];
  params: Record<string, string>;
  onParams: (params: Record<string, string>, replace?: boolean) => void;
  view: View | undefined;
  fields: FilterField[];
}) {
  const { id } = useMe();
  const [stored, setKept] = useLocalStorage<Kept>({
    key: `crm.${kind}.table.${id}`,
    defaultValue: fresh,
    getInitialValueInEffect: false,
  });
  // What another version of the application has kept is no reason to fail.
  const kept: Kept = {
    ...fresh,
    ...stored,
    density: stored?.density in densities ? stored.density : 'normal',
  };

  const said = JSON.stringify(params);
  const saved = useMemo<ListState>(
    () => ({
      criteria: (view?.criteria as Criteria | undefined) ?? everything,
      ordering: view?.ordering ?? '',
      columns: view?.columns.length ? view.columns : usualColumns,
    }),
    [view, usualColumns],
  );
  const state = useMemo<ListState>(() => {
    const asked = JSON.parse(said) as Record<string, string>;
    const filters = filtersFrom(asked);
    const written = asked.criteria === NONE ? everything : readCriteria(asked.criteria);
    return {
      criteria: filters.length > 0 ? criteriaOf(filters, fields) : (written ?? saved.criteria),
      ordering: asked.ordering === NONE ? '' : (asked.ordering ?? saved.ordering),
      columns: asked.columns?.split(',') ?? (view ? saved.columns : (kept.columns ?? saved.columns)),
    };
  }, [said, saved, fields, view, kept.columns]);

  const put = (next: ListState, more: Record<string, string> = {}, replace?: boolean) => {
    const { search = '', view: viewId = '', peek = '', count = '' } = params;
    onParams(
      withoutEmpty({ search, view: viewId, peek, count, ...paramsOfState(next, saved, view), ...more }),
      replace,
    );
  };
  return {
    state,
    saved,
    isChanged: view !== undefined && !isSameState(state, saved),
    kept,
    setCriteria: (criteria: Criteria) => put({ ...state, criteria }, { count: '', peek: '' }),
    setOrdering: (ordering: string) => put({ ...state, ordering }, { peek: '' }),
    setColumns: (columns: string[]) => {
      if (view) put({ ...state, columns }, {}, true);
      else {
        setKept({ ...kept, columns });
        if (params.columns) put({ ...state, columns: usualColumns }, {}, true);
      }
    },
    setWidth: (column: string, width: number | undefined) => {
      const { [column]: _, ...others } = kept.widths;
      setKept({ ...kept, widths: width === undefined ? others : { ...others, [column]: width } });
    },
    setDensity: (density: Density) => setKept({ ...kept, density }),
    setTotal: (column: string, total: TotalFunction | undefined) => {
      const { [column]: _, ...others } = kept.totals;
      setKept({ ...kept, totals: total === undefined ? others : { ...others, [column]: total } });
    },
    /** Takes the columns back to what the view, or the list itself, says. */
    resetColumns: () => {
      setKept({ ...fresh, density: kept.density, totals: kept.totals });
      put({ ...state, columns: saved.columns }, {}, true);
    },
  };
}

function isSameState(one: ListState, other: ListState): boolean {
  return (
    isSame(one.criteria, other.criteria) &&
    one.ordering === other.ordering &&
    one.columns.join() === other.columns.join()
  );
}

/** What the address bar has to say for the list to be so; what the view says already is left to it. */
export function paramsOfState(next: ListState, saved: ListState, view: View | undefined): Record<string, string> {
  const params: Record<string, string> = {};
  if (!isSame(next.criteria, saved.criteria)) {
    const filters = filtersOf(next.criteria);
    if (isEverything(next.criteria)) params.criteria = NONE;
    else if (filters) Object.assign(params, paramsFrom(filters));
    else params.criteria = JSON.stringify(next.criteria);
  }
  if (next.ordering !== saved.ordering) params.ordering = next.ordering || NONE;
  if (view && next.columns.join() !== saved.columns.join()) params.columns = next.columns.join(',');
  return params;
}

/** Leaves out what says nothing. */
export function withoutEmpty(params: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== ''));
}
