import { MultiSelect, NumberInput, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import type { Pipeline, Stage } from '@/api/types';
import { foldedOptions } from '@/ui/folded-options';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { showNote } from '@/ui/toasts';
import { useSaveStage } from '../queries';
import { categories, outcomes, percentOf } from '../stages';

const fields = [
  'name_tr',
  'name_en',
  'key',
  'outcome',
  'probability',
  'category',
  'rots_after_days',
  'required_fields',
];
/** They say where an opportunity stands; a stage cannot ask for them. */
const ownFields = ['stage', 'pipeline', 'category', 'is_category_pinned', 'probability_source'];

/** A stage being made or changed. Its key and how opportunities end in it are for good. */
export function StageDrawer({
  pipeline,
  stage,
  onClose,
}: {
  pipeline: Pipeline;
  stage: Stage | undefined;
  onClose: () => void;
}) {
  const { t, i18n } = useTranslation();
  const { list } = useRecordFields('opportunities');
  const save = useSaveStage();
  const form = useForm({
    initialValues: {
      name_tr: stage?.name_tr ?? '',
      name_en: stage?.name_en ?? '',
      key: stage?.key ?? '',
      outcome: stage?.outcome ?? ('open' as Stage['outcome']),
      probability: stage ? percentOf(stage.probability) : '50',
      category: stage?.category ?? ('pipeline' as Stage['category']),
      rots_after_days: String(stage?.rots_after_days ?? ''),
      required_fields: stage?.required_fields ?? [],
    },
  });
  const isOpen = form.values.outcome === 'open';
  const turkish = i18n.language === 'tr';
  const submit = form.onSubmit(({ probability, rots_after_days, ...values }) =>
    save.mutate(
      {
        ...values,
        id: stage?.id,
        pipeline_id: pipeline.id,
        // What was left out in English is as in Turkish.
        name_en: values.name_en || values.name_tr,
        probability: isOpen ? probability : undefined,
        rots_after_days: isOpen ? Number(rots_after_days) : 0,
      },
      {
        onSuccess: () => {
          showNote(t('pipelines.stage.saved', { name: values.name_tr }));
          onClose();
        },
        onError: (error) => form.setErrors(errorsOf(error, fields)),
      },
    ),
  );
  const choices = list
    .filter(({ name, is_writable, is_custom }) => is_writable && !is_custom && !ownFields.includes(name))
    .map(({ name, label }) => ({ value: name, label }));
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={stage ? (turkish ? stage.name_tr : stage.name_en) : t('pipelines.stage.new')}
      submit={t('common.save')}
      onSubmit={submit}
      isPending={save.isPending}
      error={save.error}
      fields={fields}
      errors={form.errors}
    >
      <TextInput label={t('pipelines.stage.name_tr')} data-autofocus {...form.getInputProps('name_tr')} />
      <TextInput
        label={t('pipelines.stage.name_en')}
        description={t('pipelines.stage.name_en_hint')}
        {...form.getInputProps('name_en')}
      />
      <Select
        label={t('pipelines.stage.outcome')}
        description={stage ? t('pipelines.stage.for_good') : undefined}
        data={outcomes.map((value) => ({ value, label: t(`pipelines.outcomes.${value}`) }))}
        allowDeselect={false}
        disabled={stage !== undefined}
        {...form.getInputProps('outcome')}
        onChange={(outcome) => {
          form.setFieldValue('outcome', outcome as Stage['outcome']);
          form.setFieldValue('category', outcome === 'open' ? 'pipeline' : 'closed');
        }}
      />
      {isOpen && (
        <NumberInput
          label={t('pipelines.stage.probability')}
          description={t('pipelines.stage.probability_hint')}
          suffix=" %"
          decimalScale={2}
          decimalSeparator={turkish ? ',' : '.'}
          value={form.values.probability}
          onValueChange={({ value }) => form.setFieldValue('probability', value)}
          error={form.errors.probability}
        />
      )}
      <Select
        label={t('pipelines.stage.category')}
        description={t('pipelines.stage.category_hint')}
        data={categories.map((value) => ({ value, label: t(`pipelines.categories.${value}`) }))}
        allowDeselect={false}
        {...form.getInputProps('category')}
      />
      {isOpen && (
        <NumberInput
          label={t('pipelines.stage.rots_after')}
          description={t('pipelines.stage.rots_after_hint')}
          allowDecimal={false}
          value={form.values.rots_after_days}
          onValueChange={({ value }) => form.setFieldValue('rots_after_days', value)}
          error={form.errors.rots_after_days}
        />
      )}
      <MultiSelect
        label={t('pipelines.stage.required')}
        description={t('pipelines.stage.required_hint')}
        data={choices}
        searchable
        filter={foldedOptions}
        nothingFoundMessage={t('common.nothing_found')}
        {...form.getInputProps('required_fields')}
      />
      {!stage && (
        <TextInput
          label={t('pipelines.stage.key')}
          description={t('pipelines.stage.key_hint')}
          {...form.getInputProps('key')}
        />
      )}
    </FormDrawer>
  );
}
