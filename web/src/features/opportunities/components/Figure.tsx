import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Behind } from '../figures';
import classes from './Figures.module.css';

/** A figure that shows, when pressed, the opportunities it is made of; plain text where the API does not say which. */
export function Figure({
  label,
  criteria,
  onBehind,
  children,
}: {
  /** What the figure is, for who hears it. */
  label: string;
  criteria: Behind;
  onBehind: (criteria: string) => void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  if (!criteria) return children;
  return (
    <UnstyledButton
      className={classes.figure}
      title={t('opportunities.figures.show_behind', { label })}
      onClick={() => onBehind(JSON.stringify(criteria))}
    >
      {children}
    </UnstyledButton>
  );
}
