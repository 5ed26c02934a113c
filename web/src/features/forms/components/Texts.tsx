import { Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Draft } from '../draft';
import type { FormLang } from '../params';

const texts = [
  ['title', 'line'],
  ['intro', 'text'],
  ['privacy', 'text'],
  ['button', 'line'],
  ['thanks', 'text'],
] as const;

/** What a form says, in one of its languages. */
export function Texts({
  content,
  lang,
  errorAt,
  onChange,
}: {
  content: Draft['content'];
  lang: FormLang;
  errorAt: (place: string) => string | undefined;
  onChange: (next: Partial<Draft['content']>, mark: string) => void;
}) {
  const { t } = useTranslation();
  return texts.map(([name, kind]) => {
    const own = `${name}_${lang}` as const;
    const shared = {
      label: t(`forms.texts.${name}`),
      value: content[own] ?? '',
      error: errorAt(`content.${own}`),
    };
    return kind === 'line' ? (
      <TextInput key={own} {...shared} onChange={({ currentTarget: { value } }) => onChange({ [own]: value }, own)} />
    ) : (
      <Textarea
        key={own}
        {...shared}
        description={name === 'privacy' ? t('forms.texts.privacy_hint') : undefined}
        autosize
        minRows={2}
        maxRows={10}
        onChange={({ currentTarget: { value } }) => onChange({ [own]: value }, own)}
      />
    );
  });
}
