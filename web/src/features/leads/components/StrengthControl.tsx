import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Question, type Strength, strengths } from '../bant';
import classes from './Bant.module.css';

/** How sure one of the four answers is. */
export function StrengthControl({
  question,
  value,
  onChange,
  disabled,
}: {
  question: Question;
  value: Strength;
  onChange: (strength: Strength) => void;
  disabled?: boolean;
}) {
  const { t } = useTranslation();
  return (
    <div className={classes.strength}>
      <span aria-hidden>{t(`leads.bant.questions.${question}`)}</span>
      <SegmentedControl
        aria-label={t(`leads.bant.questions.${question}`)}
        size="xs"
        fullWidth
        classNames={{ label: classes.word }}
        disabled={disabled}
        data={strengths.map((strength) => ({ value: strength, label: t(`leads.bant.strengths.${strength}`) }))}
        value={value}
        onChange={(next) => onChange(next as Strength)}
      />
    </div>
  );
}
