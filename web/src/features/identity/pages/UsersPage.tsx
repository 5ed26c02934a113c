import { Badge, Button, Group, Select } from '@mantine/core';
import { IconPlus, IconUsers } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { User } from '@/api/types';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { foldedOptions } from '@/ui/folded-options';
import { Page } from '@/ui/page/Page';
import { type PlainColumn, PlainTable } from '@/ui/plain-table/PlainTable';
import { SearchBox } from '@/ui/SearchBox';
import { SecretDialog } from '@/ui/SecretDialog';
import { showRefusal, showUndo } from '@/ui/toasts';
import { When } from '@/ui/When';
import { UserActions } from '../components/UserActions';
import { UserDrawer } from '../components/UserDrawer';
import { rolesQuery } from '../roles';
import { teamsQuery, treeOf } from '../teams';
import { useResetLink, userQuery, usersQuery } from '../users';
import classes from './Settings.module.css';

const NEW = 'new';

/** Who may sign in, what they may do, and help with their accounts. */
export function UsersPage({
  params: { user: opened, ...params },
  onParams,
}: {
  /** Search, filters, and in `user` whose form is open. */
  params: Record<string, string>;
  onParams: (params: Record<string, string>, replace?: boolean) => void;
}) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const list = useInfiniteQuery(usersQuery(params));
  const { data: roles } = useQuery(rolesQuery);
  const { data: teams } = useQuery(teamsQuery);
  const users = list.data?.pages.flatMap(({ results }) => results);
  const link = useResetLink();
  const [linkOf, setLinkOf] = useState<string>();
  const editing = useQuery({ ...userQuery(Number(opened)), enabled: /^\d+$/.test(opened ?? '') });

  const set = (name: string, value: string | null) => {
    const { [name]: _gone, ...rest } = params;
    onParams(value ? { ...rest, [name]: value } : rest, true);
  };
  const open = (user: string) => onParams({ ...params, user });
  const close = () => onParams(params);
  const makeLink = (user: User) =>
    link.mutate(user.id, {
      onSuccess: () => setLinkOf(user.name),
      onError: (error) => showRefusal(textOf(error)),
    });
  const saved = (user: User) => {
    close();
    showUndo(t('identity.saved', { name: user.name }), undefined);
    // Without a password nobody gets in: the way to one comes at once.
    if (opened === NEW) makeLink(user);
  };

  const columns: PlainColumn<User>[] = [
    {
      id: 'name',
      header: t('identity.users.name'),
      cell: (user) => (
        <span className={classes.named}>
          <button type="button" className={classes.open} onClick={() => open(String(user.id))}>
            {user.name}
          </button>
          <small>{user.email}</small>
        </span>
      ),
    },
    {
      id: 'roles',
      header: t('identity.users.roles'),
      cell: ({ role_ids }) =>
        roles
          ?.filter(({ id }) => role_ids?.includes(id))
          .map(({ name }) => name)
          .join(', ') || <span className={classes.none}>{t('identity.users.no_role')}</span>,
    },
    {
      id: 'team',
      header: t('identity.users.team'),
      cell: ({ team_name }) => team_name ?? <span className={classes.none}>{t('identity.users.no_team')}</span>,
    },
    {
      id: 'state',
      header: t('identity.users.state'),
      cell: ({ is_active, is_locked }) => (
        <Group gap={4}>
          <Badge variant="light" color={is_active ? 'green' : 'gray'}>
            {is_active ? t('identity.users.active') : t('identity.users.inactive')}
          </Badge>
          {is_locked && (
            <Badge variant="light" color="red">
              {t('identity.users.locked')}
            </Badge>
          )}
        </Group>
      ),
    },
    {
      id: 'two_factor',
      header: t('identity.users.two_factor'),
      cell: ({ two_factor_on }) =>
        two_factor_on ? t('common.yes') : <span className={classes.none}>{t('common.no')}</span>,
    },
    {
      id: 'last_seen',
      header: t('identity.users.last_seen'),
      cell: ({ last_seen_at }) =>
        last_seen_at ? (
          <When at={last_seen_at} relative />
        ) : (
          <span className={classes.none}>{t('identity.users.never_seen')}</span>
        ),
    },
  ];

  return (
    <Page
      wide
      title={t('common.settings.users')}
      lead={t('identity.users.lead')}
      actions={
        <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => open(NEW)}>
          {t('identity.users.new')}
        </Button>
      }
    >
      <Group gap="xs" className={classes.filters}>
        <SearchBox
          label={t('identity.users.search')}
          value={params.search ?? ''}
          onChange={(text) => set('search', text)}
        />
        <Select
          aria-label={t('identity.users.state')}
          placeholder={t('identity.users.state')}
          data={[
            { value: 'true', label: t('identity.users.active') },
            { value: 'false', label: t('identity.users.inactive') },
          ]}
          value={params.is_active ?? null}
          onChange={(next) => set('is_active', next)}
          clearable
          clearButtonProps={{ 'aria-label': t('common.clear') }}
        />
        <Select
          aria-label={t('identity.users.role')}
          placeholder={t('identity.users.role')}
          data={roles?.map(({ id, name }) => ({ value: String(id), label: name }))}
          value={params.role_id ?? null}
          onChange={(next) => set('role_id', next)}
          clearable
          clearButtonProps={{ 'aria-label': t('common.clear') }}
        />
        <Select
          aria-label={t('identity.users.team')}
          placeholder={t('identity.users.team')}
          data={treeOf(teams ?? []).map(({ team }) => ({ value: String(team.id), label: team.name }))}
          value={params.team_id ?? null}
          onChange={(next) => set('team_id', next)}
          searchable
          filter={foldedOptions}
          clearable
          clearButtonProps={{ 'aria-label': t('common.clear') }}
        />
      </Group>
      {list.error && !users ? (
        <ErrorState error={list.error} onRetry={list.refetch} />
      ) : (
        <PlainTable
          label={t('common.settings.users')}
          columns={columns}
          rows={users}
          rowId={({ id }) => id}
          actions={(user) => (
            <UserActions user={user} onEdit={() => open(String(user.id))} onLink={() => makeLink(user)} />
          )}
          empty={<EmptyState icon={IconUsers} title={t('identity.users.none')} text={t('identity.users.none_hint')} />}
        />
      )}
      {list.hasNextPage && (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
      {(opened === NEW || editing.data) && opened && (
        <UserDrawer
          key={opened}
          opened
          user={opened === NEW ? undefined : editing.data}
          onClose={close}
          onSaved={saved}
        />
      )}
      <SecretDialog
        opened={linkOf !== undefined}
        onClose={() => {
          setLinkOf(undefined);
          link.reset();
        }}
        title={t('identity.users.link_title', { name: linkOf })}
        text={t('identity.users.link_hint')}
        label={t('identity.users.link')}
        value={link.data?.link ?? ''}
      />
    </Page>
  );
}
