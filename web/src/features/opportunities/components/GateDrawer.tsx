import { TextInput } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { recordFieldsQuery } from '@/api/record-fields';
import { FormDrawer } from '@/ui/form/FormDrawer';
import { useLanguage } from '@/ui/use-language';
import type { Move } from '../queries';
import type { Asked } from '../use-moving';

/** Asks for exactly what a stage wants before an opportunity may enter it. */
export function GateDrawer({
  asked: { move, error, fields },
  isPending,
  onSubmit,
  onClose,
}: {
  asked: Asked;
  isPending: boolean;
  onSubmit: (move: Move) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { data: known } = useSuspenseQuery(recordFieldsQuery('opportunities'));
  const [values, setValues] = useState<Record<string, string>>({});
  const answers = Object.fromEntries(fields.map((name) => [name, values[name] ?? '']));
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={t('opportunities.gate', { stage: language === 'tr' ? move.to.name_tr : move.to.name_en })}
      submit={t('opportunities.move')}
      isPending={isPending}
      error={error}
      fields={fields}
      errors={error.errors}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit({ ...move, answers: { ...move.answers, ...answers } });
      }}
    >
      {fields.map((name) => {
        const field = known.find((one) => one.name === name);
        return (
          <TextInput
            key={name}
            label={(language === 'tr' ? field?.label_tr : field?.label_en) ?? name}
            type={field?.kind === 'date' ? 'date' : 'text'}
            inputMode={field?.kind === 'money' ? 'decimal' : undefined}
            required
            value={values[name] ?? ''}
            error={error.fieldError(name)}
            onChange={({ currentTarget: { value } }) => setValues((all) => ({ ...all, [name]: value }))}
          />
        );
      })}
    </FormDrawer>
  );
}
