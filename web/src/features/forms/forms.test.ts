import { expect, it } from 'vitest';
import type { WebForm, WebFormFigures } from '@/api/types';
import { answersOf, nameOf } from './answers';
import { contentOf, draftOf, hasErrorsIn, isSame, newConsent, newField } from './draft';
import { formatConversion, stretches } from './figures';

const form = {
  name: 'İletişim',
  slug: 'iletisim',
  content: {
    colour: '#1f5fbf',
    title_tr: 'Bize ulaşın',
    fields: [newField('email')],
    consents: [{ channel: 'email', purpose: 'marketing', text_tr: 'Evet', is_required: false }],
  },
} as unknown as WebForm;

it('is the same form until something is changed, in whatever order it is kept', () => {
  const draft = draftOf(form);
  expect(isSame(draft, form)).toBe(true);
  expect(contentOf(draft).consents?.[0]).not.toHaveProperty('id');
  expect(isSame({ ...draft, content: { ...draft.content, title_tr: 'Merhaba' } }, form)).toBe(false);
  expect(isSame({ ...draft, fields: [...draft.fields, newField('phone')] }, form)).toBe(false);
  expect(newConsent('sms').is_required).toBe(false);
});

it('knows in which language something lacks', () => {
  const errors = { 'content.consents.0.text_en': ['Bu alan gerekli.'], 'content.colour': ['Renk değil.'] };
  expect(hasErrorsIn(errors, 'en')).toBe(true);
  expect(hasErrorsIn(errors, 'tr')).toBe(false);
});

it('names who sent something in, and shows what they wrote as text', () => {
  expect(nameOf({ first_name: 'Ayşe', last_name: 'Kaya', email: 'a@b.co' })).toBe('Ayşe Kaya');
  expect(nameOf({ first_name: ' ', email: 'a@b.co' })).toBe('a@b.co');
  expect(nameOf({})).toBe('');
  expect(answersOf({ notes: '<b>x</b>', sizes: ['s', 'm'], agreed: true, odd: { a: 1 } })).toEqual([
    ['notes', '<b>x</b>'],
    ['sizes', 's, m'],
    ['agreed', 'true'],
    ['odd', '{"a":1}'],
  ]);
});

const day = (name: string, views: number) => ({ day: name, views, submissions: 1, leads: 0 });

it('counts the days on which nothing happened, and months where days are too many', () => {
  const by_day = [day('2026-03-01', 4), day('2026-03-03', 2)] as unknown as WebFormFigures['by_day'];
  const few = stretches({ from: '2026-03-01', to: '2026-03-04', by_day });
  expect(few.map(({ views }) => views)).toEqual([4, 0, 2, 0]);
  const many = stretches({ from: '2026-02-15', to: '2026-04-02', by_day });
  expect(many).toEqual([
    { from: '2026-02', views: 0, submissions: 0, leads: 0 },
    { from: '2026-03', views: 6, submissions: 2, leads: 0 },
    { from: '2026-04', views: 0, submissions: 0, leads: 0 },
  ]);
});

it('says nothing of a conversion without views', () => {
  expect(formatConversion(null, 'tr')).toBe('—');
  expect(formatConversion(1234, 'tr')).toBe('%12,3');
});
