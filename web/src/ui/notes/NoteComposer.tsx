import { Alert, Button, Checkbox, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { FormEvent, KeyboardEvent } from 'react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isStatus } from '@/api/error';
import { useErrorText } from '../error-text';
import { showUndo } from '../toasts';
import { useDraft } from '../use-draft';
import classes from './Notes.module.css';
import type { NoteActions } from './note';

/** Where a note is written. What is typed is kept in the browser under `draft` until the server has it. */
export function NoteComposer({ draft, onAdd }: { draft: string; onAdd: NoteActions['add'] }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const add = useMutation({ mutationFn: onAdd });
  const [text, setText] = useDraft(draft);
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
          showUndo(t('common.note.saved'), operation);
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
        aria-label={t('common.note.write')}
        placeholder={t('common.note.write')}
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
          {textOf(add.error)} {isStatus(add.error, 0) && t('common.note.kept')}
        </Alert>
      )}
      {text.trim() && (
        <div className={classes.bar}>
          <Checkbox
            size="xs"
            label={t('common.note.pin')}
            checked={pinned}
            onChange={(event) => setPinned(event.currentTarget.checked)}
          />
          <span className={classes.hint}>{t('common.note.keys')}</span>
          <Button type="submit" loading={add.isPending}>
            {t('common.note.save')}
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
