import { useState } from 'react';

/**
 * Text that survives a reload, a closed tab and a dead server, until it is emptied. The browser keeps it under `name`; where it may not,
 * it lasts as long as the page.
 */
export function useDraft(name: string): [text: string, setText: (text: string) => void] {
  const key = `crm.draft.${name}`;
  const [text, setText] = useState(() => read(key));
  const keep = (next: string) => {
    setText(next);
    write(key, next);
  };
  return [text, keep];
}

function read(key: string): string {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

function write(key: string, text: string) {
  try {
    if (text) localStorage.setItem(key, text);
    else localStorage.removeItem(key);
  } catch {
    // The browser keeps nothing, or is full: the text is still on the page.
  }
}
