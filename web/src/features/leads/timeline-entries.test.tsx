import { render } from '@testing-library/react';
import i18next from 'i18next';
import { expect, it } from 'vitest';
import type { LocalField } from '@/api/customer-fields';
import type { RecordEntry } from '@/api/types';
import { timelineEntry } from './timeline-entries';

const field = (name: string, label: string) =>
  [name, { name, label, kind: 'text', choices: [], is_many: false } as unknown as LocalField] as const;
const actions = { add: async () => undefined, change: async () => undefined, remove: async () => undefined };
const words = () => ({
  fields: new Map([field('city', 'İl'), field('disqualify_reason', 'Neden'), field('bant_budget', 'Bütçe yanıtı')]),
  actions,
  t: i18next.t,
});
const event = (changes: Partial<RecordEntry>): RecordEntry => ({
  id: 1,
  at: '2026-03-10T12:00:00Z',
  kind: 'lead.updated',
  actor_id: 1,
  actor_name: 'Ayşe',
  subject_type: 'lead',
  subject_id: 7,
  payload: {},
  changes: {},
  labels: {},
  note: null,
  ...changes,
});
const said = (entry: ReturnType<typeof timelineEntry>) =>
  render(
    <>
      {entry?.title} {entry?.body}
    </>,
  ).container.textContent;

it('tells what changed, and nothing that another entry tells', () => {
  const changes = { city: ['İzmir', 'Ankara'], bant_budget: ['unknown', 'weak'] };
  expect(said(timelineEntry(event({ changes }), words()))).toBe('Ayşe adayı değiştirdi İl: İzmir → Ankara');
  expect(timelineEntry(event({ changes: { bant_budget: ['unknown', 'weak'] } }), words())).toBeUndefined();
});

it('has words for the reason of junk', () => {
  const changes = { disqualify_reason: ['', 'junk'] };
  expect(said(timelineEntry(event({ changes }), words()))).toContain('Neden: — → Geçersiz kayıt');
});

it('does not fold away what the lead did itself', () => {
  const byItself = { actor_id: null, actor_name: null };
  const form = timelineEntry(event({ ...byItself, kind: 'form.submitted' }), words());
  expect(said(form)).toBe('Aday form doldurdu ');
  expect(form?.isQuiet).toBe(false);
  const scored = timelineEntry(event({ ...byItself, changes: { city: ['', 'Ankara'] } }), words());
  expect(scored?.isQuiet).toBe(true);
});
