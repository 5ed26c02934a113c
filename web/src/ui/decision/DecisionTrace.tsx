import { IconCheck, IconMinus, IconUserOff, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { asLanguage } from '@/lib/language';
import { useLanguage } from '../use-language';
import classes from './DecisionTrace.module.css';

/** A text in both languages. */
interface Words {
  tr: string;
  en: string;
}

/** A rule that was asked, and what came of it. */
export interface DecisionStep {
  rule: string;
  /** `chosen` and `named` decide; with the others the next rule is asked. */
  outcome: string;
  said: Words;
  /** The people of its pool, with what was to be said of each. */
  considered: { user_id: number; name: string; is_free: boolean; said: Words }[];
}

const icons: Record<string, typeof IconCheck> = {
  chosen: IconCheck,
  named: IconCheck,
  given_up: IconCheck,
  nobody_free: IconUserOff,
};

/** Why somebody was chosen: the rules in the order in which they were asked, each with the people of its pool. */
export function DecisionTrace({ steps }: { steps: DecisionStep[] }) {
  const { t } = useTranslation();
  const language = asLanguage(useLanguage());
  return (
    <ol className={classes.steps}>
      {steps.map(({ rule, outcome, said, considered }, place) => {
        const Icon = icons[outcome] ?? IconMinus;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule that is gone has no other name
          <li key={place} data-outcome={outcome}>
            <Icon size={15} className={classes.icon} aria-hidden />
            <div className={classes.step}>
              {rule && <b>{rule}</b>}
              <span>{said[language]}</span>
              {considered.length > 0 && (
                <details>
                  <summary>{t('common.decision.considered', { count: considered.length })}</summary>
                  <ul className={classes.people}>
                    {considered.map((person) => (
                      <li key={person.user_id} data-free={person.is_free || undefined}>
                        {person.is_free ? <IconCheck size={13} aria-hidden /> : <IconX size={13} aria-hidden />}
                        <span>
                          {person.name}
                          <small>{person.said[language]}</small>
                        </span>
                      </li>
                    ))}
                  </ul>
                </details>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
