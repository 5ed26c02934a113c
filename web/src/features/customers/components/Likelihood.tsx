import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { MatchReason } from '@/api/types';
import classes from './Likelihood.module.css';

const words = [
  { from: 0.99, word: 'certain', color: 'red' },
  { from: 0.9, word: 'likely', color: 'orange' },
  { from: 0, word: 'possible', color: 'gray' },
] as const;

/** How likely two records are the same, in words, and why: what speaks for it and what against. */
export function Likelihood({ probability, reasons }: { probability: number; reasons: MatchReason[] }) {
  const { t, i18n } = useTranslation();
  const { word, color } = words.find(({ from }) => probability >= from) ?? words[2];
  // Rounded down: nobody knows for certain.
  const percent = Math.floor(probability * 1000) / 1000;
  const number = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 1 }).format(percent);
  return (
    <div className={classes.likelihood}>
      <Badge color={color} variant="light" size="lg">
        {t(`customers.duplicates.words.${word}`)} · {number}
      </Badge>
      <ul className={classes.reasons}>
        {reasons
          .filter(({ bits }) => bits !== 0)
          .map(({ level, text, bits }) => (
            <li key={level} data-against={bits < 0 || undefined}>
              <span aria-hidden>{bits > 0 ? '+' : '−'}</span>
              <span className="visually-hidden">
                {t(bits > 0 ? 'customers.duplicates.for' : 'customers.duplicates.against')}
              </span>{' '}
              {text}
            </li>
          ))}
      </ul>
    </div>
  );
}
