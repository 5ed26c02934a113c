import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import type { Lead } from '@/api/types';
import classes from './Lead.module.css';

/** Where a lead can stand; a click moves it there. */
export function StatusSteps({ lead, onMove }: { lead: Lead; onMove: ((status: string) => void) | undefined }) {
  const { t } = useTranslation();
  const { byName } = useRecordFields('leads');
  // Converted is what a conversion makes it.
  const steps = byName.get('status')?.choices.filter(({ value }) => value !== 'converted') ?? [];
  if (!onMove) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring its frame
    <div className={classes.steps} role="group" aria-label={t('leads.status')}>
      {steps.map(({ value, label }) => (
        <Button
          key={value}
          size="compact-sm"
          variant={value === lead.status ? 'filled' : 'default'}
          aria-current={value === lead.status ? 'step' : undefined}
          onClick={() => onMove(value)}
        >
          {label}
        </Button>
      ))}
    </div>
  );
}
