import { intlLocale } from './language';

/** A part of one in percent, in the reader's manner. */
export function formatPercent(part: number, language: string, decimals = 0): string {
  const format = new Intl.NumberFormat(intlLocale(language), { style: 'percent', maximumFractionDigits: decimals });
  return format.format(part);
}

/** A figure of quality: three decimals. */
export function formatFigure(figure: number, language: string): string {
  const format = new Intl.NumberFormat(intlLocale(language), { minimumFractionDigits: 3, maximumFractionDigits: 3 });
  return format.format(figure);
}
