import { Checkbox, MultiSelect, Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { WebFormField, WebFormFieldInfo } from '@/api/types';
import { asLanguage } from '@/lib/language';
import { foldedOptions } from '@/ui/folded-options';
import type { FormLang } from '../params';
import classes from './Build.module.css';

/** Inputs that show a placeholder. */
const withPlaceholder = new Set(['text', 'textarea', 'email', 'tel', 'url', 'number']);

/** What a form says of a field it asks, in one of its languages; or what it gives without asking. */
export function FieldEditor({
  field,
  info,
  lang,
  errorAt,
  onChange,
}: {
  field: WebFormField;
  /** What it is; none when the field is gone. */
  info: WebFormFieldInfo | undefined;
  lang: FormLang;
  errorAt: (name: string) => string | undefined;
  onChange: (next: Partial<WebFormField>, mark: string) => void;
}) {
  const { t, i18n } = useTranslation();
  const text = (name: 'label' | 'help' | 'placeholder') => {
    const own = `${name}_${lang}` as const;
    return (
      <TextInput
        label={t(`forms.fields.${name}`)}
        placeholder={name === 'label' ? info?.[`label_${lang}`] : undefined}
        value={field[own] ?? ''}
        onChange={({ currentTarget: { value } }) => onChange({ [own]: value }, own)}
        error={errorAt(own)}
      />
    );
  };
  const choices = (info?.choices ?? []).map(({ value, label_tr, label_en }) => ({
    value,
    label: asLanguage(i18n.language) === 'tr' ? label_tr : label_en,
  }));
  const valueInput = {
    label: t('forms.fields.value'),
    description: t('forms.fields.value_hint'),
    error: errorAt('value'),
  };
  return (
    <>
      {errorAt('field') && (
        <p role="alert" className={classes.wrong}>
          {errorAt('field')}
        </p>
      )}
      {!field.is_hidden && (
        <>
          {text('label')}
          {text('help')}
          {info && withPlaceholder.has(info.input) && text('placeholder')}
          {choices.length > 0 && (
            <MultiSelect
              label={t('forms.fields.choices')}
              description={t('forms.fields.choices_hint')}
              data={choices}
              value={field.choices ?? []}
              onChange={(next) => onChange({ choices: next }, 'choices')}
              searchable
              filter={foldedOptions}
              error={errorAt('choices')}
            />
          )}
          <Checkbox
            label={t('forms.fields.is_required')}
            checked={field.is_required ?? false}
            onChange={({ currentTarget: { checked } }) => onChange({ is_required: checked }, 'is_required')}
          />
        </>
      )}
      {field.is_hidden &&
        (choices.length > 0 ? (
          <Select
            {...valueInput}
            data={choices}
            value={field.value || null}
            onChange={(value) => onChange({ value: value ?? '' }, 'value')}
          />
        ) : (
          <TextInput
            {...valueInput}
            value={field.value ?? ''}
            onChange={({ currentTarget: { value } }) => onChange({ value }, 'value')}
          />
        ))}
      <Checkbox
        label={t('forms.fields.is_hidden')}
        description={t('forms.fields.is_hidden_hint')}
        checked={field.is_hidden ?? false}
        // Only what is not asked has a value, and nobody can be required to fill it in.
        onChange={({ currentTarget: { checked } }) =>
          onChange(checked ? { is_hidden: true, is_required: false } : { is_hidden: false, value: '' }, 'is_hidden')
        }
      />
    </>
  );
}
