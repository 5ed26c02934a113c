import { intlLocale } from './language';

const formats = new Map<string, Intl.NumberFormat>();

/** A decimal string as money in the reader's language; whole amounts go without decimals when `compact`. */
export function formatMoney(
  amount: string,
  currency: string,
  language: string,
  { compact = false }: { compact?: boolean } = {},
): string {
  const key = `${language} ${currency} ${compact}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(intlLocale(language), {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      trailingZeroDisplay: compact ? 'stripIfInteger' : 'auto',
    } as Intl.NumberFormatOptions);
    formats.set(key, format);
  }
  // Intl reads decimal strings exactly; the type of `format` does not know it yet.
  return format.format(amount as unknown as number);
}

/** A large amount in few letters, for where there is little room: "₺169,5 Mr". */
export function formatMoneyShort(amount: string, currency: string, language: string): string {
  const format = new Intl.NumberFormat(intlLocale(language), {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    notation: 'compact',
    maximumFractionDigits: 1,
  });
  return format.format(amount as unknown as number);
}

/** A count in the reader's language. */
export function formatCount(count: number, language: string): string {
  return new Intl.NumberFormat(intlLocale(language)).format(count);
}

/** A decimal string in the reader's language, as exact as it is, without zeros at its end. */
export function formatDecimal(value: string, language: string): string {
  const key = `${language} decimal`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(intlLocale(language), { maximumFractionDigits: 20 });
    formats.set(key, format);
  }
  return format.format(value as unknown as number);
}
