import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { LeadScoring } from '@/api/types';
import { asLanguage } from '@/lib/language';
import { formatCount } from '@/lib/money';
import classes from './Features.module.css';

/** What the model looks at, what decides most first; opened, a field tells what each of its values adds. */
export function Features({ features, context }: { features: LeadScoring['features']; context?: string }) {
  const { t, i18n } = useTranslation();
  const language = asLanguage(i18n.language);
  const most = Math.max(...features.map(({ importance }) => importance), Number.EPSILON);
  const number = new Intl.NumberFormat(i18n.language, { signDisplay: 'exceptZero', maximumFractionDigits: 2 });
  return (
    <ul className={classes.list}>
      {features.map(({ field, label, importance, bins }) => {
        const widest = Math.max(...bins.map(({ log_odds }) => Math.abs(log_odds)), Number.EPSILON);
        return (
          <li key={field}>
            <details>
              <summary className={classes.summary}>
                <span className={classes.label}>{label[language]}</span>
                <span className={classes.weight} style={{ '--part': importance / most } as CSSProperties} aria-hidden />
              </summary>
              <table className={classes.bins} aria-label={label[language]}>
                <thead className="visually-hidden">
                  <tr>
                    <th scope="col">{t('scoring.features.value')}</th>
                    <th scope="col">{t('scoring.features.effect')}</th>
                    <th scope="col">{t('scoring.features.examples')}</th>
                  </tr>
                </thead>
                <tbody>
                  {bins.map((bin, place) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: bins have no other name, and an order of their own
                    <tr key={place}>
                      <th scope="row">{bin.label[language]}</th>
                      <td data-sign={Math.sign(bin.log_odds)}>
                        <span
                          className={classes.effect}
                          style={{ '--part': Math.abs(bin.log_odds) / widest } as CSSProperties}
                          aria-hidden
                        />
                        {number.format(bin.log_odds)}
                      </td>
                      <td>
                        {t('scoring.features.count', {
                          context,
                          count: bin.examples,
                          number: formatCount(bin.examples, i18n.language),
                        })}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </details>
          </li>
        );
      })}
    </ul>
  );
}
