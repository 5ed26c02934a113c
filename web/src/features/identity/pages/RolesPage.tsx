import { ActionIcon, Badge, Button, Menu } from '@mantine/core';
import { IconCopy, IconDots, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Role } from '@/api/types';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { Page } from '@/ui/page/Page';
import { type PlainColumn, PlainTable } from '@/ui/plain-table/PlainTable';
import { showRefusal, showUndo } from '@/ui/toasts';
import { EVERYTHING, rolesQuery, useDeleteRole } from '../roles';
import classes from './Settings.module.css';

/** The roles, and how many people have each. */
export function RolesPage() {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { data: roles, error, refetch } = useQuery(rolesQuery);
  const remove = useDeleteRole();
  const [asked, setAsked] = useState<Role>();

  const columns: PlainColumn<Role>[] = [
    {
      id: 'name',
      header: t('identity.roles.name'),
      cell: ({ id, name, is_builtin }) => (
        <span className={classes.marked}>
          <Link to="/settings/roles/$roleId" params={{ roleId: String(id) }} className={classes.open}>
            {name}
          </Link>
          {is_builtin && (
            <Badge variant="light" color="gray">
              {t('identity.roles.builtin')}
            </Badge>
          )}
        </span>
      ),
    },
    {
      id: 'grants',
      header: t('identity.roles.grants'),
      cell: ({ grants }) =>
        EVERYTHING in grants
          ? t('identity.roles.everything')
          : t('identity.roles.grant_count', { count: Object.keys(grants).length }),
    },
    {
      id: 'rules',
      header: t('identity.roles.rules'),
      cell: (role) => rulesOf(role) || <span className={classes.none}>{t('identity.roles.no_rules')}</span>,
    },
    {
      id: 'two_factor',
      header: t('identity.security.two_factor'),
      cell: ({ requires_two_factor }) =>
        requires_two_factor ? (
          t('identity.roles.required')
        ) : (
          <span className={classes.none}>{t('identity.roles.optional')}</span>
        ),
    },
    {
      id: 'users',
      header: t('common.settings.users'),
      align: 'end',
      cell: ({ id, user_count }) =>
        user_count > 0 ? (
          <Link to="/settings/users" search={{ role_id: String(id) }} className={classes.open}>
            {user_count}
          </Link>
        ) : (
          user_count
        ),
    },
  ];
  const rulesOf = ({ rows, fields }: Role) =>
    [
      Object.keys(rows ?? {}).length > 0 && t('identity.roles.some_records'),
      Object.keys(fields?.customer ?? {}).length > 0 &&
        t('identity.roles.field_count', { count: Object.keys(fields?.customer ?? {}).length }),
    ]
      .filter(Boolean)
      .join(', ');

  return (
    <Page
      wide
      title={t('common.settings.roles')}
      lead={t('identity.roles.lead')}
      actions={
        <Button
          renderRoot={(props) => <Link to="/settings/roles/$roleId" params={{ roleId: 'new' }} {...props} />}
          leftSection={<IconPlus size={15} aria-hidden />}
        >
          {t('identity.roles.new')}
        </Button>
      }
    >
      {error && !roles ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : (
        <PlainTable
          label={t('common.settings.roles')}
          columns={columns}
          rows={roles}
          rowId={({ id }) => id}
          actions={(role) => (
            <Menu position="bottom-end" shadow="md">
              <Menu.Target>
                <ActionIcon aria-label={t('identity.roles.actions', { name: role.name })}>
                  <IconDots size={17} aria-hidden />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item
                  renderRoot={(props) => (
                    <Link to="/settings/roles/$roleId" params={{ roleId: String(role.id) }} {...props} />
                  )}
                  leftSection={<IconPencil size={15} aria-hidden />}
                >
                  {t('identity.edit')}
                </Menu.Item>
                <Menu.Item
                  renderRoot={(props) => (
                    <Link
                      to="/settings/roles/$roleId"
                      params={{ roleId: 'new' }}
                      search={{ from: String(role.id) }}
                      {...props}
                    />
                  )}
                  leftSection={<IconCopy size={15} aria-hidden />}
                >
                  {t('identity.roles.copy')}
                </Menu.Item>
                {!role.is_builtin && (
                  <>
                    <Menu.Divider />
                    <Menu.Item
                      color="red"
                      leftSection={<IconTrash size={15} aria-hidden />}
                      onClick={() => setAsked(role)}
                    >
                      {t('identity.delete')}
                    </Menu.Item>
                  </>
                )}
              </Menu.Dropdown>
            </Menu>
          )}
        />
      )}
      <ConfirmDialog
        opened={asked !== undefined}
        title={t('identity.roles.delete')}
        text={t('identity.roles.delete_ask', { name: asked?.name })}
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
