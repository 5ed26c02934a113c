import { Radio, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { entityOf, type RecordKind } from '@/api/records';
import { may, useMe } from '@/api/session';
import { errorsOf, FormDrawer } from '../form/FormDrawer';
import { showUndo } from '../toasts';
import type { ListState } from './list-state';
import { type Sharing, useChangeView, useCreateView, type View } from './views';

const fields = ['name', 'sharing'];

/** The name of a view and who sees it: for a new one, which takes over the list as it stands, or for one that exists. */
export function ViewDrawer({
  kind,
  opened,
  view,
  state,
  onClose,
  onSaved,
  onRenamed,
}: {
  kind: RecordKind;
  opened: boolean;
  /** The one to be renamed; a new one is made without. */
  view?: View;
  state: ListState;
  onClose: () => void;
  onSaved: (id: number) => void;
  onRenamed: () => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const create = useCreateView();
  const change = useChangeView();
  const form = useForm({ initialValues: { name: '', sharing: 'private' as Sharing } });
  const mutation = view ? change : create;
  const setValues = form.setValues;

  useEffect(() => {
    if (opened) setValues({ name: view?.name ?? '', sharing: view?.sharing ?? 'private' });
  }, [opened, view, setValues]);

  const submit = form.onSubmit((values) => {
    const onError = (error: Error) => form.setErrors(errorsOf(error, fields));
    if (view) {
      const onSuccess = ({ operation }: { operation: string | undefined }) => {
        showUndo(t('common.views.saved', { name: values.name }), operation);
        onRenamed();
      };
      change.mutate({ id: view.id, changes: values }, { onSuccess, onError });
      return;
    }
    const { criteria, ordering, columns } = state;
    const body = {
      entity: entityOf[kind],
      ...values,
      criteria: criteria as Record<string, unknown>,
      ordering,
      columns,
    };
    create.mutate(body, {
      onSuccess: ({ view: made, operation }) => {
        showUndo(t('common.views.saved', { name: made.name }), operation);
        onSaved(made.id);
      },
      onError,
    });
  });
  const close = () => {
    create.reset();
    change.reset();
    form.reset();
    onClose();
  };

  return (
    <FormDrawer
      opened={opened}
      onClose={close}
      title={view ? t('common.views.rename') : t('common.views.save_as')}
      submit={t('common.save')}
      onSubmit={submit}
      isPending={mutation.isPending}
      error={mutation.error}
      fields={fields}
      errors={form.errors}
    >
      <TextInput label={t('common.views.name')} data-autofocus {...form.getInputProps('name')} />
      {may(me, 'view.share') && (
        <Radio.Group label={t('common.views.sharing')} {...form.getInputProps('sharing')}>
          <Stack gap={8} mt={6}>
            {(['private', 'team', 'everyone'] as const).map((sharing) => (
              <Radio key={sharing} value={sharing} label={t(`common.views.to_${sharing}`)} />
            ))}
          </Stack>
        </Radio.Group>
      )}
    </FormDrawer>
  );
}
