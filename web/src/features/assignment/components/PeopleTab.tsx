import { ActionIcon, Badge } from '@mantine/core';
import { IconPencil, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import type { AssignmentPerson } from '@/api/types';
import { businessDay } from '@/lib/dates';
import { countryName } from '@/lib/language';
import { fold } from '@/lib/text';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { SearchBox } from '@/ui/SearchBox';
import { When } from '@/ui/When';
import { type Hours, summary } from '../hours';
import { peopleQuery } from '../queries';
import classes from './Assignment.module.css';
import { PersonDrawer } from './PersonDrawer';

/** The people leads are given to: when they work, when they are away, how many they take, what they know and where. */
export function PeopleTab({
  opened,
  onOpen,
}: {
  /** A user's id. */
  opened: string | undefined;
  onOpen: (person: string | undefined) => void;
}) {
  const { t, i18n } = useTranslation();
  const { data, error, refetch } = useQuery(peopleQuery);
  const { byName } = useRecordFields('leads');
  const [search, setSearch] = useState('');
  const edited = data?.find(({ user_id }) => String(user_id) === opened);
  const shown = data?.filter(({ name, skills }) => fold([name, ...skills].join(' ')).includes(fold(search)));
  const teamOf = (id: number | null | undefined) =>
    byName.get('team_id')?.choices.find(({ value }) => value === String(id))?.label;
  const today = businessDay(new Date());
  const hours = (of: AssignmentPerson) =>
    summary(of.hours as Hours)
      .map(({ from, to, spans }) =>
        from === to
          ? `${t(`assignment.days.short.${from}`)} ${spans}`
          : `${t(`assignment.days.short.${from}`)}–${t(`assignment.days.short.${to}`)} ${spans}`,
      )
      .join(' · ');

  if (error && !data) return <ErrorState error={error} onRetry={() => refetch()} />;
  return (
    <>
      <SearchBox label={t('assignment.people.search')} value={search} onChange={setSearch} />
      <PlainTable
        label={t('assignment.tabs.people')}
        rows={shown}
        rowId={({ user_id }) => user_id}
        columns={[
          {
            id: 'name',
            header: t('assignment.people.name'),
            cell: (person) => (
              <span className={classes.named}>
                <button type="button" className={classes.open} onClick={() => onOpen(String(person.user_id))}>
                  {person.name}
                </button>
                <span className={classes.facts}>{teamOf(person.team_id)}</span>
              </span>
            ),
          },
          {
            id: 'hours',
            header: t('assignment.people.hours'),
            cell: (person) => {
              const away = person.absences.find(({ from, to }) => from <= today && today <= to);
              return (
                <>
                  {away && (
                    <Badge variant="light" color="orange" mr={6}>
                      {t('assignment.people.away')} <When at={away.to} />
                    </Badge>
                  )}
                  {hours(person) || <span className={classes.dim}>{t('assignment.people.no_hours')}</span>}
                </>
              );
            },
          },
          {
            id: 'today',
            header: t('assignment.people.today'),
            align: 'end',
            cell: ({ given_today, daily_cap }) =>
              daily_cap == null ? given_today : t('assignment.people.of_cap', { given: given_today, cap: daily_cap }),
          },
          {
            id: 'skills',
            header: t('assignment.people.skills'),
            cell: ({ skills }) => skills.join(', ') || '—',
          },
          {
            id: 'places',
            header: t('assignment.people.places'),
            cell: ({ cities, countries }) =>
              [...cities, ...countries.map((code) => countryName(code, i18n.language))].join(', ') || '—',
          },
        ]}
        actions={(person) => (
          <ActionIcon
            aria-label={t('assignment.people.edit', { name: person.name })}
            onClick={() => onOpen(String(person.user_id))}
          >
            <IconPencil size={16} aria-hidden />
          </ActionIcon>
        )}
        empty={<EmptyState icon={IconUsers} title={t('common.nothing_found')} />}
      />
      {edited && <PersonDrawer key={opened} person={edited} onClose={() => onOpen(undefined)} />}
    </>
  );
}
