import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ImportListed } from '@/api/types';

const colors: Partial<Record<ImportListed['state'], string>> = { done: 'green', failed: 'red', paused: 'orange' };

/** Where an import stands, in a word. */
export function State({ job: { state } }: { job: Pick<ImportListed, 'state'> }) {
  const { t } = useTranslation();
  return (
    <Badge variant="light" color={colors[state] ?? 'gray'} tt="none">
      {t(`imports.state.${state}`)}
    </Badge>
  );
}
