import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { show } from '@/test/render';
import { useShortcuts } from './registry';
import { ShortcutSheet } from './ShortcutSheet';
import { isPressed } from './shortcut';

const press = (key: string, more: KeyboardEventInit = {}) => new KeyboardEvent('keydown', { key, ...more });

describe('keys', () => {
  it('are meant with their modifiers, signs however the keyboard writes them', () => {
    expect(isPressed('j', press('j'))).toBe(true);
    expect(isPressed('j', press('j', { ctrlKey: true }))).toBe(false);
    expect(isPressed('j', press('J', { shiftKey: true }))).toBe(false);
    expect(isPressed('shift+j', press('J', { shiftKey: true }))).toBe(true);
    expect(isPressed('mod+k', press('k', { metaKey: true }))).toBe(true);
    expect(isPressed('/', press('/', { shiftKey: true }))).toBe(true);
    expect(isPressed('?', press('?', { shiftKey: true }))).toBe(true);
    expect(isPressed('/', press('/', { ctrlKey: true }))).toBe(false);
    expect(isPressed('space', press(' '))).toBe(true);
  });
});

function Part({ name, keys, run, everywhere }: { name: string; keys: string; run: () => void; everywhere?: boolean }) {
  useShortcuts(name, [{ keys, label: `${name} ${keys}`, run, everywhere }]);
  return null;
}

describe('shortcuts', () => {
  it('run, but not while something is being typed', async () => {
    const run = vi.fn();
    const save = vi.fn();
    show(
      <>
        <Part name="Tablo" keys="j" run={run} />
        <Part name="Tablo" keys="mod+Enter" run={save} everywhere />
        <input aria-label="Ad" />
        <input type="checkbox" aria-label="Seç" />
      </>,
    );
    await userEvent.keyboard('j');
    expect(run).toHaveBeenCalledTimes(1);
    await userEvent.type(screen.getByRole('textbox'), 'jjj{Control>}{Enter}{/Control}');
    expect(run).toHaveBeenCalledTimes(1);
    expect(save).toHaveBeenCalledTimes(1);
    screen.getByRole('checkbox').focus();
    await userEvent.keyboard('j');
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('can be two keys, one after the other', async () => {
    const go = vi.fn();
    const only = vi.fn();
    show(
      <>
        <Part name="Git" keys="g c" run={go} />
        <Part name="Git" keys="c" run={only} />
      </>,
    );
    await userEvent.keyboard('c');
    expect(go).not.toHaveBeenCalled();
    await userEvent.keyboard('gc');
    expect(go).toHaveBeenCalledTimes(1);
    expect(only).toHaveBeenCalledTimes(1);
  });

  it('leave Enter and the space bar to what has the focus, and end with their part of the screen', async () => {
    const run = vi.fn();
    function Page() {
      const [there, setThere] = useState(true);
      return (
        <>
          {there && <Part name="Tablo" keys="space" run={run} />}
          <button type="button" onClick={() => setThere(false)}>
            Kapat
          </button>
        </>
      );
    }
    show(<Page />);
    await userEvent.keyboard(' ');
    expect(run).toHaveBeenCalledTimes(1);
    screen.getByRole('button').focus();
    await userEvent.keyboard(' ');
    (document.activeElement as HTMLElement).blur();
    await userEvent.keyboard(' ');
    expect(run).toHaveBeenCalledTimes(1);
  });
});

it('? shows the sheet, by group', async () => {
  const run = vi.fn();
  show(
    <>
      <ShortcutSheet />
      <Part name="Tablo" keys="j" run={run} />
      <Part name="Tablo" keys="k" run={run} />
    </>,
  );
  await userEvent.keyboard('?');
  const sheet = await screen.findByRole('dialog', { name: 'Klavye kısayolları' });
  const table = await within(sheet).findByRole('region', { name: 'Tablo' });
  expect(within(table).getAllByRole('term')).toHaveLength(2);
  await userEvent.keyboard('j');
  expect(run).not.toHaveBeenCalled();
});
