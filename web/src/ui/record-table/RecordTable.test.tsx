import { renderHook, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { act } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { show } from '@/test/render';
import { type Column, gridOf, nextOrdering, sortOf } from './column';
import { RecordTable } from './RecordTable';
import { useSelection } from './selection';

interface City {
  id: number;
  name: string;
}

const columns: Column<City>[] = [
  {
    id: 'name',
    header: 'Ad',
    width: 100,
    grow: 1,
    sortable: true,
    cell: ({ id, name }) => (
      <a href={`#${id}`} data-row-link>
        {name}
      </a>
    ),
  },
  { id: 'plate', header: 'Plaka', width: 60, cell: ({ id }) => <span>{id}</span> },
];
const cities = Array.from({ length: 500 }, (_, index) => ({ id: index + 1, name: `Şehir ${index + 1}` }));

function table(changes: Partial<Parameters<typeof RecordTable<City>>[0]> = {}) {
  const props = {
    label: 'Şehirler',
    columns,
    rows: cities,
    rowId: (city: City) => city.id,
    rowName: (city: City) => city.name,
    hasMore: false,
    isLoading: false,
    onMore: vi.fn(),
    ordering: '',
    onOrdering: vi.fn(),
    ...changes,
  };
  show(<RecordTable {...props} />);
  return props;
}

beforeEach(() => {
  // jsdom lays nothing out: the scroller is 400 pixels high, ten rows.
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(400);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(800);
});

describe('columns', () => {
  it('sort up, down, not at all', () => {
    expect(nextOrdering('', 'name')).toBe('name');
    expect(nextOrdering('name', 'name')).toBe('-name');
    expect(nextOrdering('-name', 'name')).toBe('');
    expect(nextOrdering('-city', 'name')).toBe('name');
    expect(sortOf('-name', 'name')).toBe('descending');
    expect(sortOf('city', 'name')).toBe('none');
  });

  it('share one grid', () => {
    expect(gridOf(columns, true)).toEqual({ template: '40px minmax(100px, 1fr) 60px', minWidth: 200 });
  });
});

describe('table', () => {
  it('holds only the rows in sight', () => {
    table();
    const rows = screen.getAllByRole('row');
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.length).toBeLessThan(40);
  });

  it('says how it is sorted and asks for the next order', async () => {
    const { onOrdering } = table({ ordering: 'name' });
    expect(screen.getByRole('columnheader', { name: 'Ad' })).toHaveAttribute('aria-sort', 'ascending');
    await userEvent.click(screen.getByRole('button', { name: 'Ad' }));
    expect(onOrdering).toHaveBeenCalledWith('-name');
    expect(within(screen.getByRole('columnheader', { name: 'Plaka' })).queryByRole('button')).toBeNull();
  });

  it('asks for more near the end, and not while it is loading', () => {
    const near = table({ rows: cities.slice(0, 20), hasMore: true });
    expect(near.onMore).toHaveBeenCalled();
    const busy = table({ rows: cities.slice(0, 20), hasMore: true, isLoading: true });
    expect(busy.onMore).not.toHaveBeenCalled();
    const far = table({ hasMore: true });
    expect(far.onMore).not.toHaveBeenCalled();
  });

  it('shows bones while nothing has come', () => {
    table({ rows: [], isLoading: true });
    expect(screen.getByRole('table')).toHaveAttribute('aria-busy', 'true');
    expect(screen.getAllByRole('row').length).toBeGreaterThan(5);
    expect(screen.queryByRole('link')).toBeNull();
  });

  it('walks with j and k over the links of the rows', async () => {
    table();
    await userEvent.keyboard('j');
    await vi.waitFor(() => expect(screen.getByRole('link', { name: 'Şehir 1' })).toHaveFocus());
    await userEvent.keyboard('jj');
    await vi.waitFor(() => expect(screen.getByRole('link', { name: 'Şehir 3' })).toHaveFocus());
    await userEvent.keyboard('k');
    await vi.waitFor(() => expect(screen.getByRole('link', { name: 'Şehir 2' })).toHaveFocus());
  });

  it('selects by checkbox and by x', async () => {
    const toggle = vi.fn();
    const selection = {
      value: { all: false as const, ids: new Set([2]) },
      isEmpty: false,
      has: (id: number) => id === 2,
      toggle,
      toggleLoaded: vi.fn(),
      selectAll: vi.fn(),
      clear: vi.fn(),
      loaded: 'some' as const,
    };
    table({ selection });
    expect(screen.getByRole('checkbox', { name: 'Şehir 2 kaydını seç' })).toBeChecked();
    await userEvent.click(screen.getByRole('checkbox', { name: 'Şehir 3 kaydını seç' }));
    expect(toggle).toHaveBeenLastCalledWith(3);
    await userEvent.keyboard('jx');
    expect(toggle).toHaveBeenLastCalledWith(4);
  });

  it('shows cards where it is told to', () => {
    table({ card: ({ name }) => <b>{name}!</b> });
    expect(screen.getByText('Şehir 1!')).toBeInTheDocument();
    expect(screen.queryByRole('columnheader')).toBeNull();
  });
});

describe('selection', () => {
  it('takes a row out of everything and keeps the other loaded ones', () => {
    const ids = [1, 2, 3];
    const { result } = renderHook(() => useSelection(ids));
    act(() => result.current.selectAll());
    expect(result.current.has(999)).toBe(true);
    act(() => result.current.toggle(2));
    expect(result.current.value).toEqual({ all: false, ids: new Set([1, 3]) });
    expect(result.current.loaded).toBe('some');
    act(() => result.current.toggleLoaded());
    expect(result.current.loaded).toBe('all');
    act(() => result.current.toggleLoaded());
    expect(result.current.isEmpty).toBe(true);
  });
});
