import i18next from 'i18next';
import { expect, it } from 'vitest';
import '@/test/render';
import { periodName } from './period-name';

it('says months and quarters in words, and leaves alone what it does not know', () => {
  const t = i18next.getFixedT('tr');
  expect(periodName('2026-11', 'tr', t)).toBe('Kasım 2026');
  expect(periodName('2026-Q4', 'tr', t)).toBe('2026 4. çeyrek');
  expect(periodName('hep', 'tr', t)).toBe('hep');
});
