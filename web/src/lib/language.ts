/** The languages of the application. */
export const languages = ['tr', 'en'] as const;
/** One of them. */
export type Language = (typeof languages)[number];

/** The nearest language we speak: `tr-TR` → `tr`, `de` → `en`. */
export function asLanguage(tag: string | null | undefined): Language {
  return tag?.toLowerCase().startsWith('tr') ? 'tr' : 'en';
}

/** The locale for `Intl`: English, too, in the European manner (day first, week from Monday). */
export function intlLocale(language: string): string {
  return asLanguage(language) === 'tr' ? 'tr-TR' : 'en-GB';
}

/** The name of a country by its two-letter code, in the reader's language; the code itself where the browser knows none. */
export function countryName(code: string, language: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  return new Intl.DisplayNames([intlLocale(language)], { type: 'region' }).of(code) ?? code;
}
