/** A phone number for reading: `+905321234567` → `+90 532 123 45 67`. Numbers of other countries stay as they are. */
export function formatPhone(number: string): string {
  const parts = /^\+90(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(number);
  return parts ? `+90 ${parts.slice(1).join(' ')}` : number;
}
