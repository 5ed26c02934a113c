import { Badge } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ImportListed } from '@/api/types';
import { importOperationsQuery } from '../queries';

const colors: Record<string, string> = { done: 'green', failed: 'red', paused: 'orange' };

/** Where an import stands, in a word; what was undone stands nowhere else. */
export function State({ job }: { job: ImportListed }) {
  const { data: operations } = useQuery(importOperationsQuery);
  const isUndone = operations?.find(({ id }) => id === job.operation_id)?.undone_by_id != null;
  const state = isUndone ? 'undone' : job.state;
  const { t } = useTranslation();
  return (
    <Badge variant="light" color={colors[state] ?? 'gray'} tt="none">
      {t(`imports.state.${state}`)}
    </Badge>
  );
}
