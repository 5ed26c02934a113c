import { Alert } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { freeBusyQuery } from '../queries';

/** Says who of these is busy at that time already. */
export function BusyNote({
  due,
  minutes,
  people,
  nameOf,
  except,
}: {
  due: string;
  minutes: number;
  people: string[];
  nameOf: (id: string) => string;
  /** An activity that is being moved does not stand in its own way. */
  except?: number;
}) {
  const { t } = useTranslation();
  const from = new Date(due).toISOString();
  const to = new Date(new Date(due).getTime() + minutes * 60_000).toISOString();
  const [asked] = useDebouncedValue(JSON.stringify({ from, to, users: people.join(',') }), 300);
  const { data } = useQuery(freeBusyQuery(JSON.parse(asked), people.length > 0));
  const busy = data?.busy.filter((one) => one.activity_id !== except && !one.is_all_day) ?? [];
  const names = [...new Set(busy.map((one) => nameOf(String(one.user_id))))];
  if (names.length === 0) return null;
  return (
    <Alert color="orange" variant="light" role="status">
      {t('activities.busy', { names: names.join(', '), count: names.length })}
    </Alert>
  );
}
