import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useShortcuts } from './shortcuts/registry';

/** Search as you type: tells the text once the fingers rest; `/` puts the cursor in, Escape empties it. */
export function SearchBox({
  value,
  onChange,
  label,
  delay = 180,
}: {
  value: string;
  onChange: (text: string) => void;
  label: string;
  delay?: number;
}) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const told = useRef(value);

  const tell = useDebouncedCallback((next: string) => {
    told.current = next;
    onChange(next);
  }, delay);

  // Only what came from elsewhere (back button, cleared filters) overrides what is being typed.
  useEffect(() => {
    if (value !== told.current) {
      told.current = value;
      setText(value);
    }
  }, [value]);

  const edit = (next: string) => {
    setText(next);
    tell(next.trim());
  };

  useShortcuts(t('common.shortcuts.general'), [
    { keys: '/', label: t('common.shortcuts.search'), run: () => input.current?.focus() },
  ]);

  return (
    <TextInput
      ref={input}
      type="text"
      role="searchbox"
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => edit(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Escape' && edit('')}
      leftSection={<IconSearch size={15} aria-hidden />}
      rightSection={
        text ? (
          <CloseButton size="sm" aria-label={t('common.clear')} onClick={() => edit('')} />
        ) : (
          <kbd aria-hidden>/</kbd>
        )
      }
    />
  );
}
