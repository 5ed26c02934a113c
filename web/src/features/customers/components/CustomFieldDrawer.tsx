import { ActionIcon, Button, Checkbox, Group, NumberInput, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CustomField } from '@/api/types';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { type FieldEntity, fieldKinds, useSaveCustomField } from '../custom-fields';

const fields = ['label_tr', 'label_en', 'key', 'kind', 'is_required', 'decimals'];
const nothing = { value: '', label_tr: '', label_en: '' };

/** A field being made or changed. Key and kind are for good. */
export function CustomFieldDrawer({
  entity,
  field,
  onClose,
}: {
  entity: FieldEntity;
  field: CustomField | undefined;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const save = useSaveCustomField(entity);
  const form = useForm({
    initialValues: {
      label_tr: field?.label_tr ?? '',
      label_en: field?.label_en ?? '',
      key: field?.key ?? '',
      kind: field?.kind ?? 'text',
      is_required: field?.is_required ?? false,
      decimals: field?.decimals ?? 0,
      choices: field?.choices.map((choice) => ({ ...nothing, ...choice })) ?? [],
    },
  });
  const { kind, choices } = form.values;
  const hasChoices = kind === 'choice' || kind === 'multi_choice';
  const submit = form.onSubmit((values) => {
    const given = values.choices.filter(({ value, label_tr }) => value || label_tr);
    save.mutate(
      {
        ...values,
        id: field?.id,
        choices: hasChoices ? given.map((choice) => ({ ...choice, value: choice.value || choice.label_tr })) : [],
      },
      { onSuccess: onClose, onError: (error) => form.setErrors(errorsOf(error, fields)) },
    );
  });

  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={field ? field.label_tr : t('customers.custom.new')}
      submit={t('common.save')}
      onSubmit={submit}
      isPending={save.isPending}
      error={save.error}
      fields={fields}
      errors={form.errors}
    >
      <TextInput label={t('customers.custom.label_tr')} data-autofocus {...form.getInputProps('label_tr')} />
      <TextInput label={t('customers.custom.label_en')} {...form.getInputProps('label_en')} />
      <TextInput
        label={t('customers.custom.key')}
        description={t('customers.custom.key_hint')}
        disabled={field !== undefined}
        {...form.getInputProps('key')}
      />
      <Select
        label={t('customers.custom.kind')}
        data={fieldKinds.map((value) => ({ value, label: t(`customers.custom.kinds.${value}`) }))}
        allowDeselect={false}
        disabled={field !== undefined}
        {...form.getInputProps('kind')}
      />
      {kind === 'number' && (
        <NumberInput
          label={t('customers.custom.decimals')}
          min={0}
          max={6}
          disabled={field !== undefined}
          {...form.getInputProps('decimals')}
        />
      )}
      {hasChoices && (
        <Stack gap={6} role="group" aria-label={t('customers.custom.choices')}>
          {choices.map((choice, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: what is being written has no other name
            <Group key={place} gap={6} wrap="nowrap">
              <TextInput
                aria-label={t('customers.custom.choice_tr', { number: place + 1 })}
                placeholder={t('customers.custom.label_tr')}
                {...form.getInputProps(`choices.${place}.label_tr`)}
              />
              <TextInput
                aria-label={t('customers.custom.choice_en', { number: place + 1 })}
                placeholder={t('customers.custom.label_en')}
                {...form.getInputProps(`choices.${place}.label_en`)}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('customers.custom.choice_remove', { name: choice.label_tr || place + 1 })}
                onClick={() => form.removeListItem('choices', place)}
              >
                <IconX size={15} aria-hidden />
              </ActionIcon>
            </Group>
          ))}
          <Button
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => form.insertListItem('choices', nothing)}
          >
            {t('customers.custom.choice_add')}
          </Button>
        </Stack>
      )}
      <Checkbox
        label={t('customers.custom.is_required')}
        {...form.getInputProps('is_required', { type: 'checkbox' })}
      />
    </FormDrawer>
  );
}
