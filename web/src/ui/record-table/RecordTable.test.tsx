import { renderHook, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { act } from 'react';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '@/api/error';
import { show } from '@/test/render';
import type { Fact } from '../facts/fact';
import { ColumnsButton } from './ColumnsButton';
import { type Column, gridOf, moved, nextOrdering, sortOf } from './column';
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

  it("take each other's place", () => {
    expect(moved(['a', 'b', 'c'], 'a', 'c')).toEqual(['b', 'c', 'a']);
    expect(moved(['a', 'b', 'c'], 'c', 'a')).toEqual(['c', 'a', 'b']);
    expect(moved(['a', 'b'], 'a', 'x')).toEqual(['a', 'b']);
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

  it('gives the elements of rows that leave to those that come, but not the focus', async () => {
    table();
    const scroller = screen.getByRole('table');
    const link = screen.getByRole('link', { name: 'Şehir 1' });
    act(() => link.focus());
    Object.defineProperty(scroller, 'scrollTop', { value: 8_000, configurable: true });
    await act(async () => scroller.dispatchEvent(new Event('scroll')));
    expect(await screen.findByRole('link', { name: 'Şehir 201' })).toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'Şehir 1' })).not.toBeInTheDocument();
    // The same element, another record: whoever was in it is at the table now, not at a record they have not chosen.
    expect(link).toBeInTheDocument();
    expect(link).not.toHaveTextContent(/^Şehir 1$/);
    expect(scroller).toHaveFocus();
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

describe('editing', () => {
  // Loaded when first needed: not part of what is timed here.
  beforeAll(() => import('./CellEditor').then(() => undefined), 30_000);
  const editable: Column<City>[] = columns.map((column) => ({
    ...column,
    fact: ({ id, name }): Fact =>
      column.id === 'name'
        ? { name: 'name', label: 'Ad', kind: 'text', value: name }
        : { name: 'plate', label: 'Plaka', kind: 'text', value: String(id) },
  }));
  const editor = (name: string) => screen.findByRole('textbox', { name });

  it('opens with e, saves with Enter and goes on with Tab', async () => {
    const onEdit = vi.fn(async (_row: City, _fact: Fact, _value: unknown): Promise<unknown> => undefined);
    table({ columns: editable, onEdit });
    await userEvent.keyboard('je');
    const input = await editor('Ad');
    await userEvent.clear(input);
    await userEvent.type(input, 'Van{Enter}');
    expect(onEdit).toHaveBeenCalledExactlyOnceWith(cities[0], expect.objectContaining({ name: 'name' }), 'Van');

    await userEvent.keyboard('e');
    await editor('Ad');
    await userEvent.tab();
    await editor('Plaka');
    await userEvent.tab();
    expect(await editor('Ad')).toHaveValue('Şehir 2');
    await userEvent.tab({ shift: true });
    expect(await editor('Plaka')).toHaveValue('1');
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByRole('textbox')).toBeNull();
    expect(onEdit).toHaveBeenCalledTimes(1);
  });

  it('shows a refusal in the cell and keeps what was typed', async () => {
    const refusal = new ApiError(422, { errors: { plate: ['Yalnızca sayı.'] } });
    table({ columns: editable, onEdit: vi.fn().mockRejectedValue(refusal) });
    await userEvent.dblClick(screen.getByText('3', { selector: 'span' }));
    await userEvent.type(await editor('Plaka'), 'x{Enter}');
    expect(await screen.findByText('Yalnızca sayı.')).toBeInTheDocument();
    expect(await editor('Plaka')).toHaveValue('3x');
    await vi.waitFor(() => expect(screen.getByRole('textbox')).toHaveFocus());
    await userEvent.keyboard('{Escape}');
    await vi.waitFor(() => expect(screen.queryByText('Yalnızca sayı.')).toBeNull());
  });

  it('offers nothing where nothing can be changed', async () => {
    table({ columns: editable });
    await userEvent.keyboard('je');
    await userEvent.dblClick(screen.getByText('3', { selector: 'span' }));
    expect(screen.queryByRole('textbox')).toBeNull();
  });
});

describe('beside the table', () => {
  it('is what the space bar shows, and walks with the rows', async () => {
    const onCurrent = vi.fn();
    table({ onCurrent });
    await userEvent.keyboard('j ');
    expect(onCurrent).toHaveBeenCalledExactlyOnceWith(cities[0]);
    table({ onCurrent, current: 5 });
    await userEvent.keyboard('j');
    expect(onCurrent).toHaveBeenLastCalledWith(cities[5]);
  });
});

describe('arranging', () => {
  it('moves and hides from the header, resizes by keys', async () => {
    const arranging = { onMove: vi.fn(), onHide: vi.fn(), onResize: vi.fn() };
    table({ arranging });
    await userEvent.click(screen.getByRole('button', { name: 'Plaka sütunu' }));
    expect(await screen.findByRole('menuitem', { name: 'Sağa taşı' })).toHaveAttribute('data-disabled', 'true');
    await userEvent.click(screen.getByRole('menuitem', { name: 'Sola taşı' }));
    expect(arranging.onMove).toHaveBeenCalledExactlyOnceWith('plate', 'name');
    screen.getByRole('separator', { name: 'Plaka sütununun genişliği' }).focus();
    await userEvent.keyboard('{ArrowLeft}');
    expect(arranging.onResize).toHaveBeenCalledExactlyOnceWith('plate', 56);
    expect(arranging.onHide).not.toHaveBeenCalled();
  });

  it('chooses and moves columns by keys', async () => {
    const onChange = vi.fn();
    const choices = ['a', 'b', 'c'].map((id) => ({ id, label: `Sütun ${id}` }));
    show(
      <ColumnsButton choices={choices} value={['a', 'b']} onChange={onChange} density="normal" onDensity={vi.fn()} />,
    );
    await userEvent.click(screen.getByRole('button', { name: 'Sütunlar' }));
    await userEvent.click(await screen.findByRole('checkbox', { name: 'Sütun c' }));
    expect(onChange).toHaveBeenLastCalledWith(['a', 'b', 'c']);
    await userEvent.click(screen.getByRole('checkbox', { name: 'Sütun a' }));
    expect(onChange).toHaveBeenLastCalledWith(['b']);
    screen.getByRole('checkbox', { name: 'Sütun b' }).focus();
    await userEvent.keyboard('{Alt>}{ArrowUp}{/Alt}');
    expect(onChange).toHaveBeenLastCalledWith(['b', 'a']);
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
