import { Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { Pipeline } from '@/api/types';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { showNote } from '@/ui/toasts';
import { useSavePipeline } from '../queries';

const fields = ['name'];

/** The name of a pipeline, new or changed. */
export function PipelineDrawer({
  pipeline,
  onClose,
  onSaved,
}: {
  pipeline: Pipeline | undefined;
  onClose: () => void;
  onSaved: (pipeline: Pipeline) => void;
}) {
  const { t } = useTranslation();
  const save = useSavePipeline();
  const form = useForm({ initialValues: { name: pipeline?.name ?? '' } });
  const submit = form.onSubmit((values) =>
    save.mutate(
      { id: pipeline?.id, ...values },
      {
        onSuccess: (saved) => {
          showNote(t('pipelines.saved', { name: saved.name }));
          onSaved(saved);
        },
        onError: (error) => form.setErrors(errorsOf(error, fields)),
      },
    ),
  );
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={pipeline ? pipeline.name : t('pipelines.new')}
      submit={t('common.save')}
      onSubmit={submit}
      isPending={save.isPending}
      error={save.error}
      fields={fields}
      errors={form.errors}
    >
      <TextInput label={t('pipelines.name')} data-autofocus {...form.getInputProps('name')} />
      {!pipeline && (
        <Text size="sm" c="dimmed">
          {t('pipelines.new_hint')}
        </Text>
      )}
    </FormDrawer>
  );
}
