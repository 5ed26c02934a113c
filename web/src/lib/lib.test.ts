import { describe, expect, it } from 'vitest';
import { businessDay, formatDate, formatRelative, parseDate } from './dates';
import { asLanguage, countryName } from './language';
import { localPath } from './local-path';
import { formatCount, formatMoney } from './money';
import { formatPhone } from './phone';
import { randomId } from './random-id';
import { fold, initials, upper } from './text';

it('reads the day first, and no day that does not exist', () => {
  expect(parseDate('31.12.2030')).toBe('2030-12-31');
  expect(parseDate(' 1/2/2026 ')).toBe('2026-02-01');
  expect(parseDate('2026-02-01')).toBe('2026-02-01');
  for (const wrong of ['', '31.12.20', '31.02.2026', '2026-02-31', '12.31.2030', 'yarın'])
    expect(parseDate(wrong)).toBeNull();
});

describe('text', () => {
  it('knows the four Turkish letters i', () => {
    expect(upper('istanbul ısparta', 'tr')).toBe('İSTANBUL ISPARTA');
    expect(upper('istanbul', 'en')).toBe('ISTANBUL');
    for (const spelling of ['istanbul', 'İSTANBUL', 'ISTANBUL', 'ıstanbul', '  İstanbul ']) {
      expect(fold(spelling)).toBe('istanbul');
    }
    expect(fold('ŞANLIURFA Öğretmenevi')).toBe('sanliurfa ogretmenevi');
  });

  it('takes the first letters of the first and the last word', () => {
    expect(initials('inci çağla ışık', 'tr')).toBe('İI');
    expect(initials('Zeynep', 'tr')).toBe('Z');
    expect(initials('  ', 'tr')).toBe('');
  });
});

describe('money', () => {
  it('writes lira as each language does', () => {
    expect(formatMoney('1234567.50', 'TRY', 'tr')).toBe('₺1.234.567,50');
    expect(formatMoney('1234567.50', 'TRY', 'en')).toBe('₺1,234,567.50');
    expect(formatMoney('1000.00', 'TRY', 'tr', { compact: true })).toBe('₺1.000');
  });

  it('loses no kuruş of amounts beyond what a float holds', () => {
    expect(formatMoney('90071992547409931.27', 'TRY', 'tr')).toBe('₺90.071.992.547.409.931,27');
  });

  it('groups counts', () => {
    expect(formatCount(12480, 'tr')).toBe('12.480');
    expect(formatCount(12480, 'en')).toBe('12,480');
  });
});

describe('dates', () => {
  it('never moves a plain date to another day', () => {
    expect(formatDate('2024-01-01', 'date', 'tr')).toBe('1 Oca 2024');
    expect(formatDate('2024-01-01', 'date', 'en')).toBe('1 Jan 2024');
  });

  it('shows moments in Istanbul', () => {
    expect(formatDate('2024-05-01T21:30:00Z', 'date-time', 'tr')).toBe('2 May 2024 00:30');
    expect(businessDay('2024-05-01T21:30:00Z')).toBe('2024-05-02');
  });

  it('shows what is not a date as it is', () => {
    expect(formatDate('yakında', 'date', 'tr')).toBe('yakında');
  });

  it('says how long ago', () => {
    const now = Date.parse('2024-05-10T12:00:00Z');
    expect(formatRelative('2024-05-10T11:59:40Z', 'tr', now)).toBe('şimdi');
    expect(formatRelative('2024-05-10T09:00:00Z', 'tr', now)).toBe('3 sa. önce');
    expect(formatRelative('2024-05-09T09:00:00Z', 'tr', now)).toBe('dün');
    expect(formatRelative('2024-05-05T12:00:00Z', 'en', now)).toBe('5 days ago');
  });
});

it('spaces Turkish phone numbers and leaves others alone', () => {
  expect(formatPhone('+905321234567')).toBe('+90 532 123 45 67');
  expect(formatPhone('+4930123456')).toBe('+4930123456');
  expect(formatPhone('')).toBe('');
});

it('leads to no other site', () => {
  const here = (address: unknown) => localPath(address, 'https://crm.example');
  expect(here('/customers?city=Bursa#a')).toBe('/customers?city=Bursa#a');
  for (const address of [
    '//evil.example/',
    '/\\\\evil.example',
    '/\\t/evil.example',
    'https://evil.example/',
    'javascript:alert(1)',
    '',
    undefined,
  ]) {
    expect(here(address)).toBeUndefined();
  }
});

it('speaks Turkish to the Turkish and English to the rest', () => {
  expect(asLanguage('tr-TR')).toBe('tr');
  expect(asLanguage('de')).toBe('en');
  expect(asLanguage(undefined)).toBe('en');
});

it('makes ids that differ', () => {
  expect(randomId()).toMatch(/^[0-9a-f]{32}$/);
  expect(randomId()).not.toBe(randomId());
});

describe('countries', () => {
  it('are named in the language of the reader', () => {
    expect(countryName('KR', 'tr')).toBe('Güney Kore');
    expect(countryName('KR', 'en')).toBe('South Korea');
    expect(countryName('Korea', 'tr')).toBe('Korea');
  });
});
