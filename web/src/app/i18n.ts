import dayjs from 'dayjs';
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { setApiLanguage } from '@/api/client';
import { asLanguage, type Language } from '@/lib/language';

const STORED = 'crm.language';

const texts: Record<Language, () => Promise<{ default: Record<string, unknown> }>> = {
  tr: () => import('./locales-tr'),
  en: () => import('./locales-en'),
};

/** The language before anyone has signed in: the one used last here, else the browser's. */
export function initialLanguage(): Language {
  return asLanguage(localStorage.getItem(STORED) ?? navigator.language);
}

/** Loads the texts of a language and speaks it: screen, `Intl`, server. */
export async function speak(language: Language): Promise<void> {
  if (!i18next.isInitialized) {
    await i18next.use(initReactI18next).init({
      lng: language,
      resources: {},
      fallbackLng: false,
      interpolation: { escapeValue: false },
      returnNull: false,
    });
  }
  if (!i18next.hasResourceBundle(language, 'translation')) {
    const module = await texts[language]();
    i18next.addResourceBundle(language, 'translation', module.default);
  }
  if (language === 'tr') await import('dayjs/locale/tr');
  dayjs.locale(language);
  setApiLanguage(language);
  localStorage.setItem(STORED, language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}
