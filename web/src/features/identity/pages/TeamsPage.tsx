import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDots, IconPencil, IconPlus, IconTrash, IconUsersGroup } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type CSSProperties, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Team } from '@/api/types';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { Page } from '@/ui/page/Page';
import { type PlainColumn, PlainTable } from '@/ui/plain-table/PlainTable';
import { showRefusal, showUndo } from '@/ui/toasts';
import { TeamDrawer } from '../components/TeamDrawer';
import { type Branch, teamsQuery, treeOf, useDeleteTeam } from '../teams';
import classes from './Settings.module.css';

const NEW = 'new';

/** The tree of teams; whose records somebody reaches follows from it. */
export function TeamsPage({
  params,
  onParams,
}: {
  /** In `team` whose form is open, in `below` what a new one is below. */
  params: { team?: string; below?: string };
  onParams: (params: { team?: string; below?: string }) => void;
}) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { data: teams, error, refetch } = useQuery(teamsQuery);
  const remove = useDeleteTeam();
  const [asked, setAsked] = useState<Team>();
  const team = teams?.find(({ id }) => String(id) === params.team);
  const begin = () => onParams({ team: NEW });

  const columns: PlainColumn<Branch>[] = [
    {
      id: 'name',
      header: t('identity.teams.name'),
      cell: ({ team, depth }) => (
        <span className={classes.tree} style={{ '--depth': depth } as CSSProperties}>
          <button type="button" className={classes.open} onClick={() => onParams({ team: String(team.id) })}>
            {team.name}
          </button>
        </span>
      ),
    },
    {
      id: 'parent',
      header: t('identity.teams.parent'),
      cell: ({ team }) =>
        teams?.find(({ id }) => id === team.parent_id)?.name ?? (
          <span className={classes.none}>{t('identity.teams.top')}</span>
        ),
    },
    {
      id: 'manager',
      header: t('identity.teams.manager'),
      cell: ({ team }) => team.manager_name ?? <span className={classes.none}>{t('identity.teams.no_manager')}</span>,
    },
    { id: 'users', header: t('identity.teams.members'), align: 'end', cell: ({ team }) => team.user_count },
  ];

  return (
    <Page
      wide
      title={t('common.settings.teams')}
      lead={t('identity.teams.lead')}
      actions={
        <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={begin}>
          {t('identity.teams.new')}
        </Button>
      }
    >
      {error && !teams ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : (
        <PlainTable
          label={t('common.settings.teams')}
          columns={columns}
          rows={teams && treeOf(teams)}
          rowId={(branch) => branch.team.id}
          actions={({ team }) => (
            <Menu position="bottom-end" shadow="md">
              <Menu.Target>
                <ActionIcon aria-label={t('identity.teams.actions', { name: team.name })}>
                  <IconDots size={17} aria-hidden />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item
                  leftSection={<IconPencil size={15} aria-hidden />}
                  onClick={() => onParams({ team: String(team.id) })}
                >
                  {t('identity.edit')}
                </Menu.Item>
                <Menu.Item
                  leftSection={<IconPlus size={15} aria-hidden />}
                  onClick={() => onParams({ team: NEW, below: String(team.id) })}
                >
                  {t('identity.teams.new_below')}
                </Menu.Item>
                <Menu.Divider />
                <Menu.Item color="red" leftSection={<IconTrash size={15} aria-hidden />} onClick={() => setAsked(team)}>
                  {t('identity.delete')}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
          empty={<EmptyState icon={IconUsersGroup} title={t('identity.teams.none')} text={t('identity.teams.lead')} />}
        />
      )}
      {teams && (params.team === NEW || team) && (
        <TeamDrawer
          key={`${params.team} ${params.below}`}
          opened
          team={team}
          teams={teams}
          parentId={params.below ? Number(params.below) : undefined}
          onClose={() => onParams({})}
        />
      )}
      <ConfirmDialog
        opened={asked !== undefined}
        title={t('identity.teams.delete')}
        text={t('identity.teams.delete_ask', { name: asked?.name })}
        confirm={t('identity.delete')}
        onConfirm={() =>
          asked &&
          remove.mutate(asked.id, {
            onSuccess: () => showUndo(t('identity.deleted', { name: asked.name }), undefined),
            onError: (problem) => showRefusal(textOf(problem)),
          })
        }
        onClose={() => setAsked(undefined)}
      />
    </Page>
  );
}
