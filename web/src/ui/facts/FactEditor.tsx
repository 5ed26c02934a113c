import { MultiSelect, NumberInput, Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import { type FocusEvent, type KeyboardEvent, lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DateField } from '../DateField';
import { foldedOptions } from '../folded-options';
import type { Fact } from './fact';

// With its clock and calendar it is heavy, and few forms ask for a time.
const DateTimeField = lazy(() => import('../DateTimeField'));

const inputModes = { email: 'email', phone: 'tel', url: 'url' } as const;

/** Edits one fact: Enter or leaving saves, Escape leaves it as it was. */
export function FactEditor({
  fact,
  value: initial,
  error,
  onSave,
  onCancel,
}: {
  fact: Fact;
  value: unknown;
  error?: string;
  onSave: (value: unknown) => void;
  onCancel: () => void;
}) {
  const { t, i18n } = useTranslation();
  const [value, setValue] = useState<unknown>(initial ?? '');
  const shared = { 'aria-label': fact.label, error, size: 'xs', autoFocus: true } as const;

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      onCancel();
    }
    if (event.key === 'Enter' && !event.defaultPrevented && !(event.target instanceof HTMLTextAreaElement)) {
      event.preventDefault();
      onSave(asStored(fact, value));
    }
  };
  const onBlur = (event: FocusEvent) => {
    // A refused value stays open, so that the complaint can be read; focus moving within the editor is not leaving it.
    if (error || event.currentTarget.contains(event.relatedTarget)) return;
    const next = asStored(fact, value);
    if (next === asStored(fact, initial ?? '')) onCancel();
    else onSave(next);
  };

  switch (fact.kind) {
    case 'yes-no':
      return (
        <Select
          {...shared}
          defaultDropdownOpened
          data={[
            { value: 'true', label: t('common.yes') },
            { value: 'false', label: t('common.no') },
          ]}
          value={value === '' ? null : String(value)}
          onChange={(next) => onSave(next === 'true')}
          onKeyDown={onKeyDown}
          onBlur={onCancel}
          allowDeselect={false}
        />
      );
    case 'choice':
      return (
        <Select
          {...shared}
          defaultDropdownOpened
          searchable
          filter={foldedOptions}
          nothingFoundMessage={t('common.nothing_found')}
          data={fact.choices ?? []}
          value={String(value) || null}
          onChange={(next) => onSave(next ?? '')}
          onKeyDown={(event) => event.key === 'Escape' && onCancel()}
          onBlur={onCancel}
          clearable
          clearButtonProps={{ 'aria-label': t('common.clear') }}
        />
      );
    case 'choices':
      return (
        <MultiSelect
          {...shared}
          searchable
          filter={foldedOptions}
          data={fact.choices ?? []}
          value={Array.isArray(value) ? value : []}
          onChange={setValue}
          onKeyDown={onKeyDown}
          onBlur={onBlur}
        />
      );
    case 'tags':
      return (
        <TagsInput
          {...shared}
          value={Array.isArray(value) ? value : []}
          onChange={setValue}
          acceptValueOnBlur
          onKeyDown={(event) => event.key === 'Escape' && onCancel()}
          onBlur={onBlur}
        />
      );
    case 'date':
      return (
        // biome-ignore lint/a11y/noStaticElementInteractions: notices the focus leaving the input and its calendar, nothing else
        <div onBlur={onBlur}>
          <DateField
            {...shared}
            value={value ? String(value) : null}
            onChange={(next) => setValue(next ?? '')}
            onKeyDown={onKeyDown}
          />
        </div>
      );
    case 'date-time':
      return (
        // biome-ignore lint/a11y/noStaticElementInteractions: notices the focus leaving the input and its calendar, nothing else
        <div onBlur={onBlur}>
          <Suspense fallback={<TextInput {...shared} readOnly />}>
            <DateTimeField
              {...shared}
              value={value ? String(value) : null}
              onChange={(next) => setValue(next ?? '')}
              onKeyDown={onKeyDown}
            />
          </Suspense>
        </div>
      );
    case 'money':
    case 'number':
      return (
        <NumberInput
          {...shared}
          hideControls
          value={String(value)}
          onValueChange={(next) => setValue(next.value)}
          thousandSeparator={i18n.language === 'tr' ? '.' : ','}
          decimalSeparator={i18n.language === 'tr' ? ',' : '.'}
          decimalScale={fact.kind === 'money' ? 2 : undefined}
          onKeyDown={onKeyDown}
          onBlur={onBlur}
        />
      );
    case 'long-text':
      return (
        <Textarea
          {...shared}
          autosize
          minRows={2}
          value={String(value)}
          onChange={(event) => setValue(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onBlur={onBlur}
        />
      );
    default:
      return (
        <TextInput
          {...shared}
          inputMode={inputModes[fact.kind as keyof typeof inputModes]}
          value={String(value)}
          onChange={(event) => setValue(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onBlur={onBlur}
        />
      );
  }
}

/** What the API wants for an emptied field: text is empty, all else is nothing. */
function asStored(fact: Fact, value: unknown): unknown {
  if (value !== '') return value;
  return fact.kind === 'date' || fact.kind === 'money' || fact.kind === 'number' ? null : '';
}
