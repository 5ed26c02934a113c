import { Alert, Button, Checkbox, Textarea } from '@mantine/core';
import type { FormEvent, KeyboardEvent } from 'react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isStatus } from '@/api/error';
import { useMe } from '@/api/session';
import { useErrorText } from '@/ui/error-text';
import { showUndo } from '@/ui/toasts';
import { useDraft } from '@/ui/use-draft';
import { useAddNote } from '../record-queries';
import classes from './Notes.module.css';

/** Where a note is written. What is typed is kept until the server has it. */
export function NoteComposer({ id }: { id: number }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const add = useAddNote(id);
  const [text, setText] = useDraft(`note.${useMe().id}.${id}`);
  const [pinned, setPinned] = useState(false);

  const send = () => {
    if (!text.trim() || add.isPending) return;
    const sent = text;
    add.mutate(
      { body: sent, is_pinned: pinned },
      {
        onSuccess: (operation) => {
          setText('');
          setPinned(false);
          showUndo(t('customers.note.saved'), operation);
        },
      },
    );
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };

  return (
    <form className={classes.composer} onSubmit={onSubmit}>
      <Textarea
        aria-label={t('customers.note.write')}
        placeholder={t('customers.note.write')}
        variant="unstyled"
        autosize
        minRows={text ? 2 : 1}
        maxRows={14}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={saveKeys(send)}
        readOnly={add.isPending}
        classNames={{ input: classes.input }}
      />
      {add.error && (
        <Alert color="red" variant="light" role="alert" mx={10} mb={8} p="xs">
          {textOf(add.error)} {isStatus(add.error, 0) && t('customers.note.kept')}
        </Alert>
      )}
      {text.trim() && (
        <div className={classes.bar}>
          <Checkbox
            size="xs"
            label={t('customers.note.pin')}
            checked={pinned}
            onChange={(event) => setPinned(event.currentTarget.checked)}
          />
          <span className={classes.hint}>{t('customers.note.keys')}</span>
          <Button type="submit" loading={add.isPending}>
            {t('customers.note.save')}
          </Button>
        </div>
      )}
    </form>
  );
}

/** Ctrl-Enter, or Cmd-Enter on a Mac, saves. */
export function saveKeys(save: () => void) {
  return (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    save();
  };
}
