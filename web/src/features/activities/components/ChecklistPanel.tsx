import { ActionIcon, Checkbox, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChecklistItem } from '@/api/types';
import { useErrorText } from '@/ui/error-text';
import { Panel } from '@/ui/record-page/Panel';
import { showRefusal } from '@/ui/toasts';
import { checklistQuery, useSetChecklist } from '../queries';
import classes from './Activity.module.css';

/** What is to be ticked off: Enter adds a line. */
export function ChecklistPanel({ id, readOnly }: { id: number; readOnly: boolean }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { data: items = [] } = useQuery(checklistQuery(id));
  const { mutate } = useSetChecklist(id);
  const [text, setText] = useState('');
  const set = (next: ChecklistItem[]) => mutate(next, { onError: (error) => showRefusal(textOf(error)) });
  const done = items.filter(({ is_done }) => is_done).length;
  if (readOnly && items.length === 0) return null;
  return (
    <Panel
      title={t('activities.checklist.title')}
      actions={items.length > 0 && <span className={classes.dim}>{`${done}/${items.length}`}</span>}
    >
      <ul className={classes.list}>
        {items.map((item, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name of their own, and two may read alike
          <li key={place} className={classes.row}>
            <Checkbox
              className={classes.grow}
              size="xs"
              label={item.text}
              checked={item.is_done ?? false}
              disabled={readOnly}
              onChange={(event) => {
                const is_done = event.currentTarget.checked;
                set(items.map((one, index) => (index === place ? { ...one, is_done } : one)));
              }}
            />
            {!readOnly && (
              <ActionIcon
                size="xs"
                aria-label={t('activities.checklist.remove', { text: item.text })}
                onClick={() => set(items.filter((_, index) => index !== place))}
              >
                <IconX size={13} aria-hidden />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
      {!readOnly && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (!text.trim()) return;
            set([...items, { text: text.trim(), is_done: false }]);
            setText('');
          }}
        >
          <TextInput
            mt="xs"
            size="xs"
            aria-label={t('activities.checklist.add')}
            placeholder={t('activities.checklist.add')}
            value={text}
            maxLength={200}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </form>
      )}
    </Panel>
  );
}
