import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import classes from '../pages/ImportPage.module.css';
import type { Step } from '../steps';

/** What belongs to a step. It takes the focus when another step was gone to, as the button that led there is no more. */
export function StepBody({ step, children }: { step: Step; children: ReactNode }) {
  const { t } = useTranslation();
  const body = useRef<HTMLElement>(null);
  const before = useRef(step);
  useEffect(() => {
    if (before.current !== step) body.current?.focus();
    before.current = step;
  }, [step]);
  return (
    <section ref={body} tabIndex={-1} className={classes.step} aria-label={t(`imports.step.${step}`)}>
      {children}
    </section>
  );
}
