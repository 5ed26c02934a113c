import { Button } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { type UseMutationResult, useQuery } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LocalField, LocalFields } from '@/api/customer-fields';
import type { draftCheckQuery, RecordDraft } from '@/api/draft-check';
import { isStatus } from '@/api/error';
import type { FactKind } from '../facts/fact';
import { changeOf } from '../facts/record-fact';
import { afterPress } from '../form/after-press';
import { FieldInput } from '../form/FieldInput';
import { errorsOf, FormDrawer } from '../form/FormDrawer';
import { showUndo } from '../toasts';

/** Long enough to have typed on, short enough to be told in time. */
const PAUSE_MS = 400;

/** What is sent: the record, and what to do where it is likely to be there already. */
export interface NewRecord {
  body: RecordDraft;
  onDuplicate: 'keep' | 'refuse';
}

interface Props<Made, Check> {
  opened: boolean;
  onClose: () => void;
  title: string;
  fields: LocalFields;
  /** What is typed. Custom fields live in an object of their own, `custom`, which must be there before they are. */
  form: UseFormReturnType<RecordDraft>;
  /** An empty form; after one was made and another is wanted, like the one before. */
  blank: (before?: RecordDraft) => RecordDraft;
  /** Fields worth asking at once, and those asked when wished for. */
  first: string[];
  more: string[];
  kindOf: (field: LocalField) => FactKind;
  /** Another input for a field than its kind suggests. */
  inputOf?: (
    field: LocalField,
    props: { value: string; error: string | undefined; onChange: (value: string) => void },
  ) => ReactNode;
  /** What is sent beside what is typed. */
  always?: RecordDraft;
  /** Is there enough in a draft to look for its doubles? */
  isWorthAsking: (draft: RecordDraft) => boolean;
  checkQuery: (draft: RecordDraft, enabled: boolean) => ReturnType<typeof draftCheckQuery<Check>>;
  /**
   * Is one of them as good as certainly the same, so that one has to say that one means it? Having seen who may be the same is enough
   * otherwise; without this the server alone decides.
   */
  isCertain?: (check: Check) => boolean;
  candidates: (
    found: Check | undefined,
    isAsked: boolean,
    isMeant: boolean,
    onMeant: (yes: boolean) => void,
  ) => ReactNode;
  create: UseMutationResult<Made, Error, NewRecord>;
  toldOf: (made: Made) => { text: string; operation: string | undefined };
  /** Goes to what was made. */
  onMade: (made: Made) => void;
  /** What stands above the fields. */
  children?: ReactNode;
}

/** A new record: a few fields at once, all of them when asked for, and a word about who may be there already. */
export function NewRecordDrawer<Made, Check>({
  opened,
  onClose,
  title,
  fields: { byName },
  form,
  blank,
  first,
  more,
  kindOf,
  inputOf,
  always,
  isWorthAsking,
  checkQuery,
  isCertain,
  candidates,
  create,
  toldOf,
  onMade,
  children,
}: Props<Made, Check>) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const [all, showAll] = useState(false);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [meant, setMeant] = useState(false);
  const names = all ? [...first, ...more] : first;

  const draft: RecordDraft = { ...always };
  for (const name of names) {
    const field = byName.get(name);
    const value = form.getInputProps(name).value;
    if (!field || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) continue;
    const { custom, ...change } = changeOf(field, value);
    Object.assign(draft, change);
    if (custom) draft.custom = { ...(draft.custom as object), ...(custom as object) };
  }
  const written = JSON.stringify(draft);
  const [settled] = useDebouncedValue(written, PAUSE_MS);
  const settledDraft = JSON.parse(settled) as RecordDraft;
  const isAsking = opened && isWorthAsking(settledDraft);
  const { data: found, isPlaceholderData } = useQuery(checkQuery(settledDraft, isAsking));
  const check = isAsking ? found?.check : undefined;
  const isCurrent = settled === written && !isPlaceholderData && check !== undefined;
  const isRefused = isStatus(create.error, 409) && create.error.code === 'duplicate';
  const isAsked = isRefused || (check !== undefined && isCertain?.(check) === true);

  const empty = (values: RecordDraft) => {
    form.setValues(values);
    form.setInitialValues(values);
    form.reset();
    create.reset();
    setLeft(new Set());
    setMeant(false);
  };
  const close = () => {
    onClose();
    showAll(false);
    empty(blank());
  };
  const save = (again: boolean) => {
    const isKnown = meant || (isCurrent && isCertain !== undefined && !isCertain(check));
    create.mutate(
      { body: draft, onDuplicate: isKnown ? 'keep' : 'refuse' },
      {
        onSuccess: (made) => {
          const { text, operation } = toldOf(made);
          showUndo(text, operation);
          if (again) {
            empty(blank(form.values));
            box.current?.querySelector<HTMLElement>('input[data-autofocus]')?.focus();
          } else {
            close();
            onMade(made);
          }
        },
        onError: (error) => {
          // A field that is not shown may be the wrong one.
          const isHidden = more.some((name) => errorsOf(error, more)[name]);
          if (isHidden) showAll(true);
          form.setErrors(errorsOf(error, isHidden ? [...first, ...more] : names));
        },
      },
    );
  };

  return (
    <FormDrawer
      opened={opened}
      onClose={close}
      title={title}
      submit={t('common.new_record.create')}
      onSubmit={form.onSubmit(() => save(false))}
      isPending={create.isPending}
      error={isRefused && check ? null : create.error}
      fields={names}
      errors={form.errors}
      size={460}
      actions={
        <Button variant="default" disabled={create.isPending} onClick={() => form.onSubmit(() => save(true))()}>
          {t('common.new_record.create_and_new')}
        </Button>
      }
    >
      {children}
      <div ref={box} style={{ display: 'contents' }}>
        {names.map((name, index) => {
          const field = byName.get(name);
          if (!field) return null;
          const { value, error, onChange } = form.getInputProps(name);
          const own = inputOf?.(field, {
            value: String(value ?? ''),
            error: error ? String(error) : undefined,
            onChange,
          });
          if (own) return <div key={name}>{own}</div>;
          return (
            <FieldInput
              key={name}
              kind={kindOf(field)}
              choices={field.choices}
              label={field.label}
              value={value}
              onChange={(next) => {
                onChange(next);
                setMeant(false);
              }}
              // What is half typed is not wrong yet: the complaint waits until the field is left.
              error={error ?? (left.has(name) && isAsking ? found?.errors[name]?.[0] : undefined)}
              onBlur={() => afterPress(() => setLeft((before) => new Set(before).add(name)))}
              data-autofocus={index === 0 || undefined}
            />
          );
        })}
      </div>
      {more.length > 0 && !all && (
        <Button variant="subtle" justify="flex-start" onClick={() => showAll(true)}>
          {t('common.new_record.more_fields', { count: more.length })}
        </Button>
      )}
      {candidates(check, isAsked, meant, setMeant)}
    </FormDrawer>
  );
}
