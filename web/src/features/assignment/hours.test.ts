import { expect, it } from 'vitest';
import { countries } from './countries';
import { spansOf, spansText, summary } from './hours';

it('reads hours as people write them', () => {
  expect(spansOf('9-12.30, 13:30 – 18')).toEqual(['09:00-12:30', '13:30-18:00']);
  expect(spansOf(' ')).toEqual([]);
  // What it does not know is for the server to refuse.
  expect(spansOf('sabah, 9-')).toEqual(['sabah', '9-']);
});

it('says a week in few words', () => {
  const office = ['09:00-18:00'];
  expect(summary({ mon: office, tue: office, wed: office, thu: office, fri: ['09:00-13:00'], sun: office })).toEqual([
    { from: 'mon', to: 'thu', spans: '09:00-18:00' },
    { from: 'fri', to: 'fri', spans: '09:00-13:00' },
    { from: 'sun', to: 'sun', spans: '09:00-18:00' },
  ]);
  expect(summary({})).toEqual([]);
  expect(spansText({ mon: ['09:00-12:00', '13:00-18:00'] }, 'mon')).toBe('09:00-12:00, 13:00-18:00');
});

it('knows the countries and nothing else', () => {
  const codes = countries('tr').map(({ value }) => value);
  expect(codes).toEqual(expect.arrayContaining(['TR', 'DE', 'US']));
  expect(codes).not.toContain('EU');
  expect(codes).not.toContain('ZZ');
});
