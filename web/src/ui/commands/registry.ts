import type { TablerIcon } from '@tabler/icons-react';
import { useEffect, useRef, useSyncExternalStore } from 'react';

/** Something that can be done now, from the palette. */
export interface Command {
  /** Stays the same from render to render. */
  id: string;
  /** In the reader's language. */
  label: string;
  /** Other words by which it is found. */
  words?: string;
  icon?: TablerIcon;
  /** The shortcut that does the same, to be shown. */
  keys?: string;
  run: () => void;
}

/** Commands of one part of the screen, under the heading that the palette gives them. */
export interface CommandGroup {
  name: string;
  commands: Command[];
}

interface Entry {
  name: string;
  /** Commands of what is open come before those of the whole application. */
  isGeneral: boolean;
  commands: Command[];
}

let entries: Entry[] = [];
let groups: CommandGroup[] = [];
const watchers = new Set<() => void>();

function put(next: Entry[]) {
  entries = next;
  const ordered = [...entries].reverse().sort((a, b) => Number(a.isGeneral) - Number(b.isGeneral));
  // Several parts of a page speak for the same thing: they share its heading.
  const byName = new Map<string, Command[]>();
  for (const { name, commands } of ordered) byName.set(name, [...(byName.get(name) ?? []), ...commands]);
  groups = [...byName].map(([name, commands]) => ({ name, commands }));
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/**
 * Offers commands in the palette for as long as the component is there:
 * `useCommands(customer.name, [{ id: 'customer.edit', label: t('…'), run }])`. They need not be memoised. What the page that was opened
 * last offers comes first; `general` ones, of the whole application, come after all others.
 */
export function useCommands(name: string, commands: Command[], { general = false }: { general?: boolean } = {}) {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  const told = JSON.stringify(commands.map(({ id, label, words, keys }) => [id, label, words, keys]));
  useEffect(() => {
    // What runs is looked up when it runs: it may close over newer things than what was shown.
    const shown = latest.current.map((command) => ({
      ...command,
      run: () => latest.current.find(({ id }) => id === command.id)?.run(),
    }));
    const entry: Entry = { name, isGeneral: general, commands: shown };
    put([...entries, entry]);
    return () => put(entries.filter((other) => other !== entry));
  }, [name, general, told]);
}

/** Everything that can be done now, by group. */
export function useAllCommands(): CommandGroup[] {
  return useSyncExternalStore(watch, () => groups);
}
