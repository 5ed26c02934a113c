/** Something the keyboard does: `j`, `?`, `mod+Enter`, `g c` (one after the other). `mod` is Ctrl, on a Mac ⌘. */
export interface Shortcut {
  keys: string;
  /** What it does, in the reader's language. */
  label: string;
  /** Absent where the element with the focus handles the key itself and the sheet only tells of it. */
  run?: (event: KeyboardEvent) => void;
  /** Works also while a field is being typed in, or a dialog or menu is open. */
  everywhere?: boolean;
}

interface Combination {
  key: string;
  mod: boolean;
  alt: boolean;
  shift: boolean;
}

const named: Record<string, string> = { space: ' ', esc: 'escape' };

function combinationOf(keys: string): Combination {
  const parts = keys.toLowerCase().split('+');
  const key = parts.pop() ?? '';
  return {
    key: named[key] ?? key,
    mod: parts.includes('mod'),
    alt: parts.includes('alt'),
    shift: parts.includes('shift'),
  };
}

/** Signs stand under Shift on some keyboards and not on others (`/` is Shift+7 on a Turkish one): for them only the sign counts. */
const isSign = (key: string) => key.length === 1 && !/[\p{L}\d ]/u.test(key);

/** Is this key press the one that is meant? */
export function isPressed(keys: string, event: KeyboardEvent): boolean {
  const wanted = combinationOf(keys);
  // Not `toLowerCase` of the language: I is i for a key, also in Turkish.
  const key = event.key === 'İ' ? 'i' : event.key.toLowerCase();
  if (key !== wanted.key) return false;
  if (isSign(key)) return wanted.mod === (event.ctrlKey || event.metaKey);
  return (
    wanted.mod === (event.ctrlKey || event.metaKey) && wanted.alt === event.altKey && wanted.shift === event.shiftKey
  );
}

/** The steps of a shortcut: most have one, `g c` has two. */
export function stepsOf(keys: string): string[] {
  return keys.split(' ').filter(Boolean);
}

const written =
  'input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable=true]';
const overlaid = '[role=dialog], [role=menu], [role=listbox]';
const pressed = 'button, summary, input, [role=button], [role=tab]';

/** Does the element with the focus need the key for itself? */
export function isTaken(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest(written) || target?.closest(overlaid)) return true;
  if (document.querySelector('[aria-modal=true]')) return true;
  // Space and Enter press what has the focus.
  if (event.key === 'Enter') return target?.closest(`${pressed}, a`) != null;
  return event.key === ' ' && target?.closest(pressed) != null;
}
