import { SegmentedControl } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { type Question, type Strength, strengths } from '../bant';
import classes from './Bant.module.css';

/** How sure one of the four answers is. */
export function StrengthControl({
  question,
  value,
  onChange,
  disabled,
  hasFocus,
}: {
  question: Question;
  value: Strength;
  onChange: (strength: Strength) => void;
  disabled?: boolean;
  /** Of a dialog that opens: this is where one begins. */
  hasFocus?: boolean;
}) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const input = hasFocus && box.current?.querySelector<HTMLElement>('input:checked');
    if (!input) return;
    // The dialog looks for it once it stands; where the answers came later, it has looked already.
    input.setAttribute('data-autofocus', '');
    input.focus();
  }, [hasFocus]);
  return (
    <div className={classes.strength} ref={box}>
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
