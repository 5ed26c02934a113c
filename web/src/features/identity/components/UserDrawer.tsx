import { MultiSelect, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { User } from '@/api/types';
import { foldedOptions } from '@/ui/folded-options';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { rolesQuery } from '../roles';
import { teamsQuery, treeOf } from '../teams';
import { useSaveUser } from '../users';
import { TeamSelect } from './TeamSelect';

const names = ['name', 'email', 'role_ids', 'team_id', 'locale'];

/** A user, new or changed. */
export function UserDrawer({
  opened,
  user,
  onClose,
  onSaved,
}: {
  opened: boolean;
  /** None for a new one. */
  user: User | undefined;
  onClose: () => void;
  onSaved: (user: User) => void;
}) {
  const { t } = useTranslation();
  const save = useSaveUser(user?.id);
  const { data: roles = [] } = useQuery(rolesQuery);
  const { data: teams = [] } = useQuery(teamsQuery);
  const form = useForm({
    initialValues: {
      name: user?.name ?? '',
      email: user?.email ?? '',
      locale: user?.locale ?? '',
      team_id: user?.team_id == null ? '' : String(user.team_id),
      role_ids: (user?.role_ids ?? []).map(String),
    },
  });
  const submit = form.onSubmit((values) =>
    save.mutate(
      {
        ...values,
        team_id: values.team_id ? Number(values.team_id) : null,
        role_ids: values.role_ids.map(Number),
      },
      { onSuccess: onSaved, onError: (error) => form.setErrors(errorsOf(error, names)) },
    ),
  );

  return (
    <FormDrawer
      opened={opened}
      onClose={onClose}
      title={user ? user.name : t('identity.users.new')}
      submit={user ? t('common.save') : t('identity.users.create')}
      onSubmit={submit}
      isPending={save.isPending}
      error={save.error}
      fields={names}
      errors={form.errors}
    >
      <TextInput label={t('identity.users.name')} autoComplete="off" data-autofocus {...form.getInputProps('name')} />
      <TextInput label={t('identity.email')} type="email" autoComplete="off" {...form.getInputProps('email')} />
      <MultiSelect
        label={t('identity.users.roles')}
        description={t('identity.users.roles_hint')}
        data={roles.map(({ id, name }) => ({ value: String(id), label: name }))}
        filter={foldedOptions}
        searchable
        {...form.getInputProps('role_ids')}
      />
      <TeamSelect
        label={t('identity.users.team')}
        placeholder={t('identity.users.no_team')}
        branches={treeOf(teams)}
        {...form.getInputProps('team_id')}
        value={form.values.team_id}
        onChange={(next) => form.setFieldValue('team_id', next)}
      />
      <Select
        label={t('common.user.language')}
        data={[
          { value: '', label: t('identity.users.organisation_language') },
          { value: 'tr', label: 'Türkçe' },
          { value: 'en', label: 'English' },
        ]}
        allowDeselect={false}
        {...form.getInputProps('locale')}
      />
    </FormDrawer>
  );
}
