import { Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LocalField } from '@/api/customer-fields';
import { ApiError } from '@/api/error';
import type { Opportunity, Stage } from '@/api/types';
import { FormDrawer } from '@/ui/form/FormDrawer';
import { showUndo } from '@/ui/toasts';
import { useLanguage } from '@/ui/use-language';
import { useMove } from '../queries';

/** Won or lost: why, and against whom. */
export function CloseDrawer({
  opportunity,
  from,
  to,
  fields,
  onClose,
}: {
  opportunity: Opportunity;
  from: Stage;
  to: Stage;
  fields: Map<string, LocalField>;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const move = useMove();
  const reason = to.outcome === 'won' ? 'win_reason' : 'loss_reason';
  // What else the stage asks for is asked for here, too.
  const more = to.required_fields.filter((name) => name !== reason && name !== 'competitor');
  const names = [reason, 'competitor', ...more];
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(names.map((name) => [name, String(opportunity[name as keyof Opportunity] ?? '')])),
  );
  const refusal = move.error instanceof ApiError ? move.error : undefined;
  const props = (name: string) => ({
    label: fields.get(name)?.label ?? name,
    value: values[name] ?? '',
    error: refusal?.fieldError(name),
    required: to.required_fields.includes(name),
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
      setValues((all) => ({ ...all, [name]: value })),
  });
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={language === 'tr' ? to.name_tr : to.name_en}
      submit={t('common.save')}
      isPending={move.isPending}
      error={move.error}
      fields={names}
      errors={refusal?.errors}
      onSubmit={(event) => {
        event.preventDefault();
        const answers = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
        move.mutate(
          { opportunity, from, to, answers },
          {
            onSuccess: ({ operation }) => {
              onClose();
              showUndo(t('opportunities.moved'), operation);
            },
          },
        );
      }}
    >
      <Textarea {...props(reason)} autosize minRows={2} data-autofocus />
      <TextInput {...props('competitor')} />
      {more.map((name) => (
        <TextInput key={name} {...props(name)} type={fields.get(name)?.kind === 'date' ? 'date' : 'text'} />
      ))}
    </FormDrawer>
  );
}
