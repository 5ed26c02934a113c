import { Select, type SelectProps } from '@mantine/core';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { foldedOptions } from '@/ui/folded-options';
import classes from '../pages/Settings.module.css';
import type { Branch } from '../teams';

/** One of the teams, or none; the choices show the tree. */
export function TeamSelect({
  branches,
  value,
  onChange,
  ...rest
}: Omit<SelectProps, 'data' | 'value' | 'onChange'> & {
  branches: Branch[];
  /** The team's number; empty for none. */
  value: string;
  onChange: (value: string) => void;
}) {
  const { t } = useTranslation();
  const depths = new Map(branches.map(({ team, depth }) => [String(team.id), depth]));
  return (
    <Select
      data={branches.map(({ team }) => ({ value: String(team.id), label: team.name }))}
      renderOption={({ option }) => (
        <span className={classes.tree} style={{ '--depth': depths.get(option.value) ?? 0 } as CSSProperties}>
          {option.label}
        </span>
      )}
      searchable
      filter={foldedOptions}
      clearable
      clearButtonProps={{ 'aria-label': t('common.clear') }}
      nothingFoundMessage={t('common.nothing_found')}
      {...rest}
      value={value || null}
      onChange={(next) => onChange(next ?? '')}
    />
  );
}
