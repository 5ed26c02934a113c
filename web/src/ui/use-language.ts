import i18next from 'i18next';
import { useSyncExternalStore } from 'react';

function watch(changed: () => void): () => void {
  i18next.on('languageChanged', changed);
  return () => i18next.off('languageChanged', changed);
}

/** The language that is spoken now. A table has hundreds of cells that ask nothing else; `useTranslation` costs each of them many times as much. */
export function useLanguage(): string {
  return useSyncExternalStore(watch, () => i18next.language);
}
