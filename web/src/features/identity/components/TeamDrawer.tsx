import { Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Team } from '@/api/types';
import { foldedOptions } from '@/ui/folded-options';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { showUndo } from '@/ui/toasts';
import { possibleParents, useSaveTeam } from '../teams';
import { activeUsersQuery } from '../users';

const names = ['name', 'parent_id', 'manager_id'];
const text = (id: number | null | undefined) => (id == null ? '' : String(id));
const number = (value: string) => (value ? Number(value) : null);

/** A team, new or changed: its name, what it is below, who leads it. */
export function TeamDrawer({
  opened,
  team,
  teams,
  parentId,
  onClose,
}: {
  opened: boolean;
  /** None for a new one. */
  team: Team | undefined;
  teams: Team[];
  /** What a new one is below. */
  parentId?: number;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const save = useSaveTeam(team?.id);
  const { data: users = [] } = useQuery(activeUsersQuery);
  const form = useForm({
    initialValues: {
      name: team?.name ?? '',
      parent_id: text(team ? team.parent_id : parentId),
      manager_id: text(team?.manager_id),
    },
  });
  const submit = form.onSubmit(({ name, parent_id, manager_id }) =>
    save.mutate(
      { name, parent_id: number(parent_id), manager_id: number(manager_id) },
      {
        onSuccess: () => {
          onClose();
          showUndo(t('identity.saved', { name }), undefined);
        },
        onError: (error) => form.setErrors(errorsOf(error, names)),
      },
    ),
  );
  const choice = (name: 'parent_id' | 'manager_id') => ({
    ...form.getInputProps(name),
    value: form.values[name] || null,
    onChange: (next: string | null) => form.setFieldValue(name, next ?? ''),
    searchable: true,
    clearable: true,
    clearButtonProps: { 'aria-label': t('common.clear') },
    filter: foldedOptions,
  });

  return (
    <FormDrawer
      opened={opened}
      onClose={onClose}
      title={team ? team.name : t('identity.teams.new')}
      submit={team ? t('common.save') : t('identity.teams.create')}
      onSubmit={submit}
      isPending={save.isPending}
      error={save.error}
      fields={names}
      errors={form.errors}
    >
      <TextInput label={t('identity.teams.name')} data-autofocus {...form.getInputProps('name')} />
      <Select
        label={t('identity.teams.parent')}
        placeholder={t('identity.teams.top')}
        data={possibleParents(teams, team?.id).map(({ team: parent, depth }) => ({
          value: String(parent.id),
          label: `${'\u2003'.repeat(depth)}${parent.name}`,
        }))}
        {...choice('parent_id')}
      />
      <Select
        label={t('identity.teams.manager')}
        description={t('identity.teams.manager_hint')}
        placeholder={t('identity.teams.no_manager')}
        data={users.map(({ id, name }) => ({ value: String(id), label: name }))}
        {...choice('manager_id')}
      />
    </FormDrawer>
  );
}
