import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { FormDrawer } from '@/ui/form/FormDrawer';
import { showUndo } from '@/ui/toasts';
import { type ReasonKind, useSetReasons } from '../queries';

/** The words of a reason, new or changed. */
export function ReasonDrawer({
  kind,
  reasons,
  place,
  onClose,
}: {
  kind: ReasonKind;
  reasons: string[];
  /** Where it stands among them; a new one stands last. */
  place: number;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const set = useSetReasons(kind);
  // Taken when the form opens: on the screen the list changes before the server has agreed.
  const [before] = useState(reasons);
  const [words, setWords] = useState(reasons[place] ?? '');
  const field = `reasons.${place}`;
  const error = set.error instanceof ApiError ? set.error.fieldError(field) : undefined;
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={before[place] ?? t('reasons.add')}
      submit={t('common.save')}
      onSubmit={(event) => {
        event.preventDefault();
        set.mutate([...before.slice(0, place), words, ...before.slice(place + 1)], {
          onSuccess: (operation) => {
            showUndo(t('reasons.saved', { name: words.trim() }), operation);
            onClose();
          },
        });
      }}
      isPending={set.isPending}
      error={set.error}
      fields={[field]}
      errors={error ? { error } : undefined}
    >
      <TextInput
        label={t('reasons.name')}
        data-autofocus
        value={words}
        error={error}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
    </FormDrawer>
  );
}
