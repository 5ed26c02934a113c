import { ActionIcon, Alert, Button, Menu, Textarea } from '@mantine/core';
import { IconDots, IconPencil, IconPin, IconPinnedOff, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useErrorText } from '../error-text';
import { showRefusal, showUndo } from '../toasts';
import { saveKeys } from './NoteComposer';
import classes from './Notes.module.css';
import type { NoteActions, NoteShown } from './note';

/** What a note says, with what its author may do about it. */
export function NoteText({ note, actions }: { note: NoteShown; actions: NoteActions }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const [isEditing, setEditing] = useState(false);
  // By promise: the note may have left the page by the time the answer comes.
  const tell = (message: string, change: Promise<string | undefined>) =>
    change.then(
      (operation) => showUndo(message, operation),
      (error) => showRefusal(textOf(error)),
    );

  if (isEditing) return <Editor note={note} onChange={actions.change} onDone={() => setEditing(false)} />;
  return (
    <div className={classes.note} data-pinned={note.is_pinned || undefined}>
      <p className={classes.text}>{note.body}</p>
      {note.is_editable && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon size="sm" aria-label={t('common.note.actions')}>
              <IconDots size={15} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPencil size={15} aria-hidden />} onClick={() => setEditing(true)}>
              {t('common.note.edit')}
            </Menu.Item>
            <Menu.Item
              leftSection={note.is_pinned ? <IconPinnedOff size={15} aria-hidden /> : <IconPin size={15} aria-hidden />}
              onClick={() => tell(t('common.note.saved'), actions.change(note.id, { is_pinned: !note.is_pinned }))}
            >
              {note.is_pinned ? t('common.note.unpin') : t('common.note.pin')}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconTrash size={15} aria-hidden />}
              onClick={() => tell(t('common.note.deleted'), actions.remove(note.id))}
            >
              {t('common.note.delete')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}

function Editor({ note, onChange, onDone }: { note: NoteShown; onChange: NoteActions['change']; onDone: () => void }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const change = useMutation({ mutationFn: (body: string) => onChange(note.id, { body }) });
  const [text, setText] = useState(note.body);
  const save = () => {
    if (!text.trim()) return;
    if (text === note.body) return onDone();
    change.mutate(text, {
      onSuccess: (operation) => {
        showUndo(t('common.note.saved'), operation);
        onDone();
      },
    });
  };
  return (
    <div className={classes.editor}>
      <Textarea
        aria-label={t('common.note.edit')}
        autosize
        minRows={2}
        autoFocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onDone();
          else saveKeys(save)(event);
        }}
      />
      {change.error && (
        <Alert color="red" variant="light" role="alert" p="xs">
          {textOf(change.error)}
        </Alert>
      )}
      <div className={classes.bar}>
        <Button variant="default" onClick={onDone}>
          {t('common.cancel')}
        </Button>
        <Button onClick={save} loading={change.isPending}>
          {t('common.save')}
        </Button>
      </div>
    </div>
  );
}
