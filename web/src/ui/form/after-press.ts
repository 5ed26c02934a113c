let isHeld = false;

for (const [event, held] of [
  ['pointerdown', true],
  ['pointerup', false],
  ['pointercancel', false],
] as const) {
  window.addEventListener(event, () => (isHeld = held), { capture: true });
}

/**
 * Runs at once, or, while the pointer is pressed, after the press. A field that is left says what is wrong with it, which moves what is
 * below: were that to happen between the press and its release, the button that was meant would miss its click.
 */
export function afterPress(run: () => void) {
  if (!isHeld) {
    run();
    return;
  }
  const done = new AbortController();
  for (const end of ['pointerup', 'pointercancel']) {
    const release = () => {
      done.abort();
      // The click comes right behind.
      setTimeout(run);
    };
    window.addEventListener(end, release, { signal: done.signal });
  }
}
