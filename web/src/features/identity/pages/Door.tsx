import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type Language, languages } from '@/lib/language';
import classes from './Door.module.css';

const names: Record<Language, string> = { tr: 'Türkçe', en: 'English' };

/** The frame of the pages one sees before being let in. */
export function Door({
  title,
  lead,
  onLanguage,
  children,
}: {
  title: string;
  lead?: string;
  onLanguage: (language: Language) => void;
  children: ReactNode;
}) {
  const { i18n } = useTranslation();
  return (
    <main className={classes.door}>
      <div>
        <div className={classes.panel}>
          <div className={classes.brand}>
            <img src="/favicon.svg" alt="" />
            Context7 CRM
          </div>
          <h1 className={classes.title}>{title}</h1>
          {lead && <p className={classes.lead}>{lead}</p>}
          {children}
        </div>
        <div className={classes.foot}>
          {languages.map((language) => (
            <button
              key={language}
              type="button"
              lang={language}
              aria-pressed={i18n.language === language}
              onClick={() => onLanguage(language)}
            >
              {names[language]}
            </button>
          ))}
        </div>
      </div>
    </main>
  );
}
