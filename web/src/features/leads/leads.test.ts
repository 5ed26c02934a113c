import { expect, it } from 'vitest';
import type { ConversionPreview } from '@/api/types';
import { points } from './bant';
import { conversionOf, hasContact, lacking, likelyChoice } from './conversion';
import { countOf } from './duplicates';
import { slaParts, slaState } from './sla';

const noon = Date.parse('2026-03-10T12:00:00Z');

it('tells how long a lead may wait, and how long it has waited too long', () => {
  expect(slaState('2026-03-10T13:00:00Z', noon)).toBe('ok');
  expect(slaState('2026-03-10T12:29:00Z', noon)).toBe('urgent');
  expect(slaState('2026-03-10T11:59:59Z', noon)).toBe('late');
  expect(slaParts('2026-03-12T15:07:00Z', noon)).toEqual([
    ['day', 2],
    ['hour', 3],
  ]);
  // Nothing between the largest unit and the minutes: the minutes are not worth telling.
  expect(slaParts('2026-03-12T12:07:00Z', noon)).toEqual([['day', 2]]);
  expect(slaParts('2026-03-10T11:15:00Z', noon)).toEqual([['minute', 45]]);
  expect(slaParts('2026-03-10T12:00:30Z', noon)).toEqual([['minute', 0]]);
});

it('gives weak answers one point and strong ones two', () => {
  expect(points([])).toBe(0);
  expect(points(['unknown', undefined, 'weak', 'strong'])).toBe(3);
  expect(points(['strong', 'strong', 'strong', 'strong'])).toBe(8);
});

const candidate = (id: number, is_automatic: boolean) => ({
  customer: {
    id,
    customer_code: `C-${id}`,
    customer_type: 'company',
    name: `Firma ${id}`,
    city: '',
    primary_email: '',
    primary_phone: '',
    created_at: '',
  },
  probability: 0.9,
  is_automatic,
  reasons: [],
});

const preview = (changes: Partial<ConversionPreview> = {}): ConversionPreview => ({
  is_convertible: true,
  create: 'company',
  customer: { company_name: 'Firma' },
  contact: { last_name: 'Demir' },
  opportunity: { name: 'Firma' },
  customers: { candidates: [], hidden_count: 0 },
  contacts: { candidates: [], hidden_count: 0 },
  missing: { 'contact_fields.first_name': ['Bu alan gerekli.'] },
  ...changes,
});

it('proposes whom the lead certainly is, and no one it may only be', () => {
  expect(likelyChoice(preview())).toMatchObject({ customer: 'company', contact: 'new', opportunity: undefined });
  const known = preview({ customers: { candidates: [candidate(5, false), candidate(7, true)], hidden_count: 0 } });
  expect(likelyChoice(known).customer).toBe('7');
  const maybe = preview({ customers: { candidates: [candidate(5, false)], hidden_count: 0 } });
  expect(likelyChoice(maybe).customer).toBe('company');
  expect(likelyChoice(preview({ create: 'person', contact: null })).contact).toBe('none');
});

it('asks for what is lacking only where it is made', () => {
  const choice = likelyChoice(preview());
  expect(lacking(preview(), choice, [])).toEqual(['contact_fields.first_name']);
  expect(lacking(preview(), { ...choice, contact: 'none' }, [])).toEqual([]);
  expect(lacking(preview(), { ...choice, contact: '9' }, [])).toEqual([]);
  expect(lacking(preview(), choice, ['customer.tax_number', 'opportunity.amount'])).toEqual([
    'contact_fields.first_name',
    'customer.tax_number',
  ]);
  expect(lacking(preview(), { ...choice, customer: '7' }, ['customer.tax_number'])).toEqual([
    'contact_fields.first_name',
  ]);
});

it('sends what was chosen, and nothing of what was not', () => {
  const choice = { ...likelyChoice(preview()), more: { 'contact_fields.first_name': 'Ayşe' } };
  expect(conversionOf(preview(), choice)).toEqual({
    create: 'company',
    customer: {},
    contact: true,
    contact_fields: { first_name: 'Ayşe' },
  });
  expect(conversionOf(preview(), { ...choice, customer: '7', contact: 'none' })).toEqual({
    customer_id: 7,
    contact: false,
  });
  expect(conversionOf(preview(), { ...choice, customer: '7', contact: '9' })).toEqual({
    customer_id: 7,
    contact: true,
    contact_id: 9,
  });
  const opportunity = { name: 'Depo', pipeline: '', amount: '', expected_close_date: '2026-12-31' };
  expect(conversionOf(preview(), { ...choice, opportunity }).opportunity).toEqual({
    name: 'Depo',
    expected_close_date: '2026-12-31',
  });
});

it('asks a person for no contact', () => {
  const person = preview({ create: 'person', contact: null });
  expect(hasContact(person, likelyChoice(person))).toBe(false);
  expect(conversionOf(person, likelyChoice(person))).toEqual({ create: 'person', customer: {}, contact: false });
});

it('counts also the doubles that may not be seen', () => {
  expect(countOf(undefined)).toBe(0);
  const customers = { candidates: [candidate(5, false)], hidden_count: 2 };
  expect(countOf({ leads: [], hidden_count: 3, customers })).toBe(6);
});
