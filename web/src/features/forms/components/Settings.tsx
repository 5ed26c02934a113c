import { ColorInput, MultiSelect, NumberInput, Select, Switch, TagsInput, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import type { Draft } from '../draft';
import { formLangs } from '../params';

/** How a form looks and behaves, where it may be shown, and what its leads are given. */
export function Settings({
  content,
  errors,
  onChange,
}: {
  content: Draft['content'];
  errors: Record<string, string[]>;
  onChange: (next: Partial<Draft['content']>, mark: string) => void;
}) {
  const { t } = useTranslation();
  const { byName } = useRecordFields('leads');
  const errorAt = (name: string) => errors[`content.${name}`]?.[0];
  const line = (name: 'redirect_url' | 'source_detail' | 'campaign') => (
    <TextInput
      label={t(`forms.settings.${name}`)}
      description={t(`forms.settings.${name}_hint`)}
      inputMode={name === 'redirect_url' ? 'url' : undefined}
      value={content[name] ?? ''}
      onChange={({ currentTarget: { value } }) => onChange({ [name]: value }, name)}
      error={errorAt(name)}
    />
  );
  const count = (name: 'min_seconds' | 'limit_per_minute') => (
    <NumberInput
      label={t(`forms.settings.${name}`)}
      description={t(`forms.settings.${name}_hint`)}
      allowDecimal={false}
      allowNegative={false}
      value={content[name] ?? 0}
      onChange={(value) => onChange({ [name]: Number(value) || 0 }, name)}
      error={errorAt(name)}
    />
  );
  // Each of the sites is refused by itself.
  const originError = Object.entries(errors).find(([name]) => name.startsWith('content.allowed_origins'))?.[1][0];
  return (
    <>
      <MultiSelect
        label={t('forms.settings.langs')}
        description={t('forms.settings.langs_hint')}
        data={formLangs.map((value) => ({ value, label: t(`forms.langs.${value}`) }))}
        value={content.langs ?? []}
        onChange={(langs) => onChange({ langs }, 'langs')}
        error={errorAt('langs')}
      />
      <ColorInput
        label={t('forms.settings.colour')}
        format="hex"
        value={content.colour ?? ''}
        onChange={(colour) => onChange({ colour }, 'colour')}
        error={errorAt('colour')}
        eyeDropperButtonProps={{ 'aria-label': t('forms.settings.pick') }}
      />
      <TagsInput
        label={t('forms.settings.origins')}
        description={t('forms.settings.origins_hint')}
        placeholder={content.allowed_origins?.length ? undefined : 'https://www.ornek.example'}
        value={content.allowed_origins ?? []}
        onChange={(allowed_origins) => onChange({ allowed_origins }, 'allowed_origins')}
        acceptValueOnBlur
        error={originError}
      />
      {line('redirect_url')}
      <Select
        label={t('forms.settings.source')}
        data={byName.get('source')?.choices ?? []}
        value={content.source ?? null}
        onChange={(source) => source && onChange({ source } as Partial<Draft['content']>, 'source')}
        allowDeselect={false}
        error={errorAt('source')}
      />
      {line('source_detail')}
      {line('campaign')}
      <Switch
        label={t('forms.settings.double_opt_in')}
        description={t('forms.settings.double_opt_in_hint')}
        checked={content.double_opt_in ?? false}
        onChange={({ currentTarget: { checked } }) => onChange({ double_opt_in: checked }, 'double_opt_in')}
        error={errorAt('double_opt_in')}
      />
      {count('min_seconds')}
      {count('limit_per_minute')}
    </>
  );
}
