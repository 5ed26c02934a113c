import { Autocomplete } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ApiError } from '@/api/error';
import { reasonsQuery } from '@/api/reasons';
import { useRecordFields } from '@/api/record-fields';
import { factKind } from '@/ui/facts/record-fact';
import { foldedOptions } from '@/ui/folded-options';
import { FieldInput } from '@/ui/form/FieldInput';
import { FormDrawer } from '@/ui/form/FormDrawer';

/** What is answered when an opportunity enters a stage, by the names of its fields. */
export type Answers = Record<string, string>;

/** Asks for fields of an opportunity that is about to enter a stage. */
export function MoveForm({
  title,
  submit,
  names,
  initial = {},
  error,
  isPending,
  onSubmit,
  onClose,
}: {
  title: string;
  submit: string;
  /** The fields that are asked for. */
  names: string[];
  initial?: Answers;
  /** Why the server has refused. */
  error: ApiError | undefined;
  isPending: boolean;
  onSubmit: (answers: Answers) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { byName } = useRecordFields('opportunities');
  const { data: reasons } = useQuery(reasonsQuery);
  const [values, setValues] = useState<Answers>(initial);
  const put = (name: string, value: unknown) => setValues((all) => ({ ...all, [name]: String(value) }));
  const offered: Record<string, string[] | undefined> = { win_reason: reasons?.win, loss_reason: reasons?.loss };
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={title}
      submit={submit}
      isPending={isPending}
      error={error}
      fields={names}
      errors={error?.errors}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(Object.fromEntries(names.map((name) => [name, values[name] ?? ''])));
      }}
    >
      {names.map((name, place) => {
        const field = byName.get(name);
        const shared = {
          label: field?.label ?? name,
          error: error?.fieldError(name),
          'data-autofocus': place === 0 || undefined,
        };
        if (name in offered)
          return (
            <Autocomplete
              key={name}
              {...shared}
              data={offered[name] ?? []}
              filter={foldedOptions}
              value={values[name] ?? ''}
              onChange={(value) => put(name, value)}
              placeholder={t('opportunities.reason')}
            />
          );
        return (
          <FieldInput
            key={name}
            {...shared}
            kind={field ? factKind(field) : 'text'}
            choices={field?.choices ?? []}
            value={values[name] ?? ''}
            onChange={(value) => put(name, value)}
          />
        );
      })}
    </FormDrawer>
  );
}
