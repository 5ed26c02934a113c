import { expect, it } from 'vitest';
import type { ImportErrorRow, SavedImportMapping } from '@/api/types';
import { cellOf, isPutRight, mappingFor, problemsByColumn } from './corrections';

const header = ['Ad', 'E-posta'];
const row = (more: Partial<ImportErrorRow> = {}): ImportErrorRow => ({
  row_number: 3,
  cells: ['A', 'x@'],
  problems: [{ column: 'E-posta', message: 'wrong' }, { message: 'row' }, { column: 'E-posta', message: 'twice' }],
  corrections: {},
  is_skipped: false,
  ...more,
});

it('knows which rows were put right after their check', () => {
  expect(isPutRight(row(), header)).toBe(false);
  expect(isPutRight(row({ is_skipped: true }), header)).toBe(true);
  expect(isPutRight(row({ corrections: { 'E-posta': 'x@y.co' } }), header)).toBe(true);
  // The check read this one already, and found it wrong still.
  expect(isPutRight(row({ corrections: { 'E-posta': 'x@' } }), header)).toBe(false);
});

it('shows what was put right in the place of what was read', () => {
  expect(cellOf(row(), header, 'E-posta')).toBe('x@');
  expect(cellOf(row({ corrections: { 'E-posta': '' } }), header, 'E-posta')).toBe('');
});

it('gathers what is wrong by column', () => {
  expect([...problemsByColumn(row())]).toEqual([
    ['E-posta', ['wrong', 'twice']],
    ['', ['row']],
  ]);
});

it('uses a saved mapping as far as the file has its columns', () => {
  const saved = {
    columns: [
      { column: 'Ad', target: 'first_name', why: 'same_name' },
      { column: 'Yok', target: 'city' },
      { column: 'E-posta', target: null },
    ],
  } as SavedImportMapping;
  expect(mappingFor(saved, header)).toEqual([{ column: 'Ad', target: 'first_name', scale: undefined }]);
  expect(mappingFor(saved, ['Bambaşka'])).toBeUndefined();
});
