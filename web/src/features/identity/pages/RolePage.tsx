import { Badge, Button, Group, Skeleton, Switch, TextInput } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { may, useMe } from '@/api/session';
import type { PermissionInfo, Role } from '@/api/types';
import { ErrorState } from '@/ui/ErrorState';
import { Refusal } from '@/ui/form/FormDrawer';
import { Page, PagePart } from '@/ui/page/Page';
import { showUndo } from '@/ui/toasts';
import { FieldRules } from '../components/FieldRules';
import { GrantMatrix } from '../components/GrantMatrix';
import { RowRule } from '../components/RowRule';
import { EVERYTHING, formOf, permissionsQuery, rolesQuery, useSaveRole } from '../roles';
import classes from './Settings.module.css';

/** A role, new, copied or changed. */
export function RolePage({
  id,
  from,
  onSaved,
}: {
  /** None for a new one. */
  id: number | undefined;
  /** Of the role that a new one begins as. */
  from?: number;
  onSaved: (role: Role) => void;
}) {
  const { t } = useTranslation();
  const roles = useQuery(rolesQuery);
  const permissions = useQuery(permissionsQuery);
  const role = roles.data?.find((candidate) => candidate.id === (id ?? from));
  const error = roles.error ?? permissions.error ?? (roles.data && id !== undefined && !role && new ApiError(404));
  if (error)
    return (
      <Page title={t('common.settings.roles')}>
        <ErrorState error={error} onRetry={roles.refetch} />
      </Page>
    );
  if (!roles.data || !permissions.data)
    return (
      <Page title={t('common.settings.roles')} wide>
        <Skeleton height={420} />
      </Page>
    );
  return (
    <Form role={id === undefined ? undefined : role} start={role} permissions={permissions.data} onSaved={onSaved} />
  );
}

function Form({
  role,
  start,
  permissions,
  onSaved,
}: {
  role: Role | undefined;
  start: Role | undefined;
  permissions: PermissionInfo[];
  onSaved: (role: Role) => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const save = useSaveRole(role?.id);
  const begin = formOf(start);
  const copied = !role && start;
  const [form, setForm] = useState({
    ...begin,
    name: copied ? t('identity.roles.copy_of', { name: start.name }) : begin.name,
  });
  const set = (change: Partial<typeof form>) => setForm((before) => ({ ...before, ...change }));
  const problem = save.error instanceof ApiError ? save.error : undefined;
  const everything = EVERYTHING in form.grants;
  const fieldErrors = Object.fromEntries(
    Object.keys(form.fields.customer ?? {}).map((name) => [name, problem?.fieldError(`fields.customer.${name}`)]),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // The form of a condition is in a popover of its own, but React lets its events rise to here.
    if (event.target !== event.currentTarget) return;
    save.mutate(form, {
      onSuccess: (saved) => {
        showUndo(t('identity.saved', { name: saved.name }), undefined);
        onSaved(saved);
      },
    });
  };

  return (
    <form onSubmit={submit} noValidate>
      <Page
        wide
        title={role?.name ?? t('identity.roles.new')}
        lead={role?.is_builtin ? t('identity.roles.builtin_hint') : undefined}
        actions={
          <>
            {role?.is_builtin && (
              <Badge variant="light" color="gray">
                {t('identity.roles.builtin')}
              </Badge>
            )}
            {role && (
              <Button
                renderRoot={(props) => (
                  <Link
                    to="/settings/roles/$roleId"
                    params={{ roleId: 'new' }}
                    search={{ from: String(role.id) }}
                    {...props}
                  />
                )}
                variant="default"
                leftSection={<IconCopy size={15} aria-hidden />}
              >
                {t('identity.roles.copy')}
              </Button>
            )}
          </>
        }
      >
        <Refusal
          error={save.error}
          fields={['name', 'rows.customer', ...Object.keys(fieldErrors).map((name) => `fields.customer.${name}`)]}
        />
        <div className={classes.form}>
          <TextInput
            label={t('identity.roles.name')}
            value={form.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
            error={problem?.fieldError('name')}
            autoFocus={!role}
          />
          <Switch
            label={t('identity.roles.two_factor')}
            description={t('identity.roles.two_factor_hint')}
            checked={form.requires_two_factor}
            onChange={(event) => set({ requires_two_factor: event.currentTarget.checked })}
          />
        </div>
        <PagePart id="role-grants" title={t('identity.roles.grants')} lead={t('identity.roles.grants_hint')}>
          <Switch
            label={t('identity.roles.everything')}
            description={t('identity.roles.everything_hint')}
            checked={everything}
            onChange={(event) => set({ grants: event.currentTarget.checked ? { [EVERYTHING]: 'all' } : {} })}
          />
          {!everything && (
            <GrantMatrix permissions={permissions} value={form.grants} onChange={(grants) => set({ grants })} />
          )}
        </PagePart>
        {may(me, 'customer.read') && (
          <>
            <PagePart id="role-rows" title={t('identity.roles.rows')} lead={t('identity.roles.rows_hint')}>
              <RowRule
                value={form.rows.customer}
                error={problem?.fieldError('rows.customer')}
                onChange={(customer) => {
                  const { customer: _before, ...others } = form.rows;
                  set({ rows: customer ? { ...others, customer } : others });
                }}
              />
            </PagePart>
            <PagePart id="role-fields" title={t('identity.roles.fields')} lead={t('identity.roles.fields_hint')}>
              <FieldRules
                value={form.fields.customer ?? {}}
                errors={fieldErrors}
                onChange={(customer) => set({ fields: { ...form.fields, customer } })}
              />
            </PagePart>
          </>
        )}
        <Group gap="xs" className={classes.foot}>
          <Button type="submit" loading={save.isPending}>
            {role ? t('common.save') : t('identity.roles.create')}
          </Button>
          <Button component={Link} to="/settings/roles" variant="default">
            {t('common.cancel')}
          </Button>
        </Group>
      </Page>
    </form>
  );
}
