import { IconCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ImportJob } from '@/api/types';
import { openSteps, type Step, steps } from '../steps';
import classes from './Steps.module.css';

/** The steps of an import: which one is shown, which ones can be gone to. */
export function Steps({ job, step }: { job: ImportJob; step: Step }) {
  const { t } = useTranslation();
  const open = openSteps(job);
  const current = steps.indexOf(step);
  return (
    <nav aria-label={t('imports.steps')}>
      <ol className={classes.steps}>
        {steps.map((name, place) => {
          const label = (
            <>
              <span className={classes.mark} aria-hidden>
                {place < current ? <IconCheck size={13} /> : place + 1}
              </span>
              {t(`imports.step.${name}`)}
            </>
          );
          return (
            <li key={name} data-current={name === step || undefined} data-past={place < current || undefined}>
              {open.includes(name) ? (
                <Link
                  to="/import"
                  search={{ id: String(job.id), step: name }}
                  aria-current={name === step ? 'step' : undefined}
                >
                  {label}
                </Link>
              ) : (
                <span>{label}</span>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
