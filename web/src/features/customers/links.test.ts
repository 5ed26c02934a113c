import { expect, it } from 'vitest';
import { mapLink, whatsAppLink } from './links';

it('offers a chat with mobile numbers only', () => {
  expect(whatsAppLink('+905321234567')).toBe('https://wa.me/905321234567');
  expect(whatsAppLink('+4917012345')).toBe('https://wa.me/4917012345');
  expect(whatsAppLink('+902164181234')).toBeUndefined();
  expect(whatsAppLink('')).toBeUndefined();
});

it('asks the map for the whole address, escaped', () => {
  const link = mapLink({ line: 'Bağdat Cad. 12 & 14', district: 'Kadıköy', city: 'İstanbul', postal_code: '34710' });
  expect(new URL(link).searchParams.get('query')).toBe('Bağdat Cad. 12 & 14, Kadıköy, 34710 İstanbul');
});
