import type { Address } from '@/api/types';

/** An address on a map. */
export function mapLink({ line, district, city, postal_code, country }: Partial<Address>): string {
  const query = [line, district, [postal_code, city].filter(Boolean).join(' '), country].filter(Boolean).join(', ');
  return `https://www.google.com/maps/search/?api=1&query=${encodeURIComponent(query)}`;
}

/** A chat with a number; a landline of Türkiye has none. */
export function whatsAppLink(phone: string): string | undefined {
  if (!phone.startsWith('+') || (phone.startsWith('+90') && !phone.startsWith('+905'))) return undefined;
  return `https://wa.me/${phone.slice(1)}`;
}
