import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { show } from '@/test/render';
import { FilterBar } from './FilterBar';
import { controlFor, type FilterField, filtersFrom, paramsFrom } from './filter';

const city: FilterField = { name: 'city', label: 'İl', kind: 'text', operators: ['eq', 'in', 'is_set'], choices: [] };
const size: FilterField = {
  name: 'company_size',
  label: 'Büyüklük',
  kind: 'choice',
  operators: ['eq', 'in'],
  choices: [
    { value: '1-9', label: '1–9 kişi' },
    { value: '10-49', label: '10–49 kişi' },
  ],
};
const birth: FilterField = {
  name: 'birth_date',
  label: 'Doğum tarihi',
  kind: 'date',
  operators: ['gte', 'in_next', 'within'],
  choices: [],
};
const fields = [city, size, birth];

describe('the address bar', () => {
  it('is read and written the same way', () => {
    const params = { city: 'İstanbul', annual_revenue__gte: '1000', 'custom.segment__in': 'a,b' };
    expect(paramsFrom(filtersFrom(params))).toEqual(params);
  });

  it('keeps search and order apart from conditions', () => {
    expect(filtersFrom({ search: 'ist', ordering: '-name', count: 'exact', city: 'Bursa' })).toEqual([
      { field: 'city', operator: 'eq', value: 'Bursa' },
    ]);
  });
});

it('chooses the control by field and operator', () => {
  expect(controlFor(city, 'eq')).toBe('text');
  expect(controlFor(city, 'in')).toBe('texts');
  expect(controlFor(city, 'is_set')).toBe('none');
  expect(controlFor(size, 'eq')).toBe('choice');
  expect(controlFor(size, 'in')).toBe('choices');
  expect(controlFor(birth, 'gte')).toBe('date');
  expect(controlFor(birth, 'in_next')).toBe('span');
  expect(controlFor({ ...city, kind: 'money' }, 'between')).toBe('range');
  expect(controlFor({ ...city, kind: 'boolean' }, 'eq')).toBe('yes-no');
  expect(controlFor(birth, 'within')).toBe('window');
});

describe('the bar', () => {
  it('says conditions in words', () => {
    show(
      <FilterBar
        fields={fields}
        value={[
          { field: 'company_size', operator: 'in', value: '1-9,10-49' },
          { field: 'birth_date', operator: 'in_next', value: '7d' },
        ]}
        onChange={vi.fn()}
      />,
    );
    expect(screen.getByText('1–9 kişi, 10–49 kişi')).toBeInTheDocument();
    expect(screen.getByText('7 gün')).toBeInTheDocument();
  });

  it('adds a condition', async () => {
    const onChange = vi.fn();
    show(<FilterBar fields={fields} value={[]} onChange={onChange} />);
    await userEvent.click(screen.getByRole('button', { name: 'Filtre' }));
    await userEvent.type(await screen.findByRole('combobox', { name: 'Alan' }), 'IL');
    await userEvent.click(await screen.findByRole('option', { name: 'İl' }));
    await userEvent.type(screen.getByRole('textbox', { name: 'Değer' }), 'İzmir{Enter}');
    expect(onChange).toHaveBeenCalledWith([{ field: 'city', operator: 'eq', value: 'İzmir' }]);
  });

  it('replaces what asks the same, and removes', async () => {
    const onChange = vi.fn();
    const value = [{ field: 'city', operator: 'eq', value: 'İzmir' }];
    show(<FilterBar fields={fields} value={value} onChange={onChange} />);
    await userEvent.click(screen.getByRole('button', { name: /İl eşit İzmir/ }));
    const input = await screen.findByRole('textbox', { name: 'Değer' });
    await userEvent.clear(input);
    await userEvent.type(input, 'Van{Enter}');
    expect(onChange).toHaveBeenLastCalledWith([{ field: 'city', operator: 'eq', value: 'Van' }]);
    await userEvent.click(screen.getByRole('button', { name: 'İl filtresini kaldır' }));
    expect(onChange).toHaveBeenLastCalledWith([]);
  });
});
