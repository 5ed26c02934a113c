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
