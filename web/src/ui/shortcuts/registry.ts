import { useEffect, useRef, useSyncExternalStore } from 'react';
import { isPressed, isTaken, type Shortcut, stepsOf } from './shortcut';

/** Shortcuts of one part of the screen, under the heading that the sheet gives them. */
export interface ShortcutGroup {
  name: string;
  shortcuts: Shortcut[];
}

/** How long the second key of `g c` is waited for. */
const SEQUENCE_MS = 1200;

let groups: ShortcutGroup[] = [];
const watchers = new Set<() => void>();
let begun: { key: string; at: number } | undefined;

function put(next: ShortcutGroup[]) {
  if (groups.length === 0 && next.length > 0) document.addEventListener('keydown', onKeyDown);
  if (groups.length > 0 && next.length === 0) document.removeEventListener('keydown', onKeyDown);
  groups = next;
  for (const watcher of watchers) watcher();
}

function onKeyDown(event: KeyboardEvent) {
  if (event.defaultPrevented || event.isComposing) return;
  const before = begun && event.timeStamp - begun.at < SEQUENCE_MS ? begun.key : undefined;
  begun = undefined;
  const taken = isTaken(event);
  // What was registered last lies on top.
  const all = groups.flatMap((group) => group.shortcuts).reverse();
  const meant = all.filter(({ run, everywhere }) => run && (everywhere || !taken));

  const found =
    meant.find(({ keys }) => {
      const [first, second] = stepsOf(keys);
      return second !== undefined && first === before && isPressed(second, event);
    }) ?? meant.find(({ keys }) => stepsOf(keys).length === 1 && isPressed(keys.trim(), event));
  if (found) {
    event.preventDefault();
    found.run?.(event);
    return;
  }
  const beginning = meant
    .map(({ keys }) => stepsOf(keys))
    .find((steps) => steps[1] && isPressed(steps[0] ?? '', event));
  if (beginning) begun = { key: beginning[0] as string, at: event.timeStamp };
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/**
 * Shortcuts for as long as the component is there: `useShortcuts(t('…'), [{ keys: 'j', label: t('…'), run }])`. They need not be
 * memoised. The sheet behind `?` lists them under the name of their group; groups of one name become one.
 */
export function useShortcuts(name: string, shortcuts: Shortcut[]) {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  const told = JSON.stringify(shortcuts.map(({ keys, label, everywhere, run }) => [keys, label, everywhere, !!run]));
  useEffect(() => {
    const group: ShortcutGroup = {
      name,
      shortcuts: (JSON.parse(told) as [string, string, boolean | null, boolean][]).map(
        ([keys, label, everywhere, runs], index) => ({
          keys,
          label,
          everywhere: everywhere ?? undefined,
          run: runs ? (event) => latest.current[index]?.run?.(event) : undefined,
        }),
      ),
    };
    put([...groups, group]);
    return () => {
      put(groups.filter((other) => other !== group));
    };
  }, [name, told]);
}

/** Everything the keyboard does now, by group, for the sheet. */
export function useAllShortcuts(): ShortcutGroup[] {
  return useSyncExternalStore(watch, () => groups);
}
