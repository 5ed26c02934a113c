import { MultiSelect, NumberInput, Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import { lazy, type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { DateField } from '../DateField';
import type { FactKind } from '../facts/fact';
import { foldedOptions } from '../folded-options';

// With its clock and calendar it is heavy, and few forms ask for a time.
const DateTimeField = lazy(() => import('../DateTimeField'));

const inputModes: Partial<Record<FactKind, 'email' | 'tel' | 'url'>> = { email: 'email', phone: 'tel', url: 'url' };

/** The input of a form that suits a kind of value. An empty one is the empty text, or an empty list. */
export function FieldInput({
  kind,
  value,
  onChange,
  choices = [],
  ...shared
}: {
  kind: FactKind;
  value: unknown;
  onChange: (value: unknown) => void;
  choices?: { value: string; label: string }[];
  label: string;
  error?: ReactNode;
  onBlur?: () => void;
  'data-autofocus'?: boolean;
}) {
  const { t, i18n } = useTranslation();
  const clear = { clearable: true, clearButtonProps: { 'aria-label': t('common.clear') } };
  const list = Array.isArray(value) ? value.map(String) : [];

  switch (kind) {
    case 'yes-no':
      return (
        <Select
          {...shared}
          {...clear}
          data={[
            { value: 'true', label: t('common.yes') },
            { value: 'false', label: t('common.no') },
          ]}
          value={value === undefined || value === '' ? null : String(value)}
          onChange={(next) => onChange(next === null ? '' : next === 'true')}
        />
      );
    case 'choice':
      return (
        <Select
          {...shared}
          {...clear}
          searchable
          filter={foldedOptions}
          nothingFoundMessage={t('common.nothing_found')}
          data={choices}
          value={String(value ?? '') || null}
          onChange={(next) => onChange(next ?? '')}
        />
      );
    case 'choices':
      return (
        <MultiSelect {...shared} searchable filter={foldedOptions} data={choices} value={list} onChange={onChange} />
      );
    case 'tags':
      return <TagsInput {...shared} value={list} onChange={onChange} acceptValueOnBlur />;
    case 'date':
      return <DateField {...shared} value={String(value ?? '') || null} onChange={(next) => onChange(next ?? '')} />;
    case 'date-time':
      return (
        <Suspense fallback={<TextInput {...shared} readOnly />}>
          <DateTimeField {...shared} value={String(value ?? '') || null} onChange={(next) => onChange(next ?? '')} />
        </Suspense>
      );
    case 'money':
    case 'number':
      return (
        <NumberInput
          {...shared}
          hideControls
          value={String(value ?? '')}
          onValueChange={(next) => onChange(next.value)}
          thousandSeparator={i18n.language === 'tr' ? '.' : ','}
          decimalSeparator={i18n.language === 'tr' ? ',' : '.'}
          decimalScale={kind === 'money' ? 2 : undefined}
        />
      );
    case 'long-text':
      return (
        <Textarea
          {...shared}
          autosize
          minRows={2}
          value={String(value ?? '')}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    default:
      return (
        <TextInput
          {...shared}
          inputMode={inputModes[kind]}
          value={String(value ?? '')}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}
