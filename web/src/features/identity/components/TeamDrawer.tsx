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
import { TeamSelect } from './TeamSelect';

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
      <TeamSelect
        label={t('identity.teams.parent')}
        placeholder={t('identity.teams.top')}
        branches={possibleParents(teams, team?.id)}
        {...form.getInputProps('parent_id')}
        value={form.values.parent_id}
        onChange={(next) => form.setFieldValue('parent_id', next)}
      />
      <Select
        label={t('identity.teams.manager')}
        description={t('identity.teams.manager_hint')}
        placeholder={t('identity.teams.no_manager')}
        data={users.map(({ id, name }) => ({ value: String(id), label: name }))}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('common.clear') }}
        filter={foldedOptions}
        {...form.getInputProps('manager_id')}
        value={form.values.manager_id || null}
        onChange={(next) => form.setFieldValue('manager_id', next ?? '')}
      />
    </FormDrawer>
  );
}
