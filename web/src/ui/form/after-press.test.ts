import { expect, it, vi } from 'vitest';
import { afterPress } from './after-press';

const press = (kind: string) => window.dispatchEvent(new Event(kind));

it('waits for the pointer to be released, and for the click behind that', async () => {
  const run = vi.fn();
  afterPress(run);
  expect(run).toHaveBeenCalledOnce();

  press('pointerdown');
  afterPress(run);
  expect(run).toHaveBeenCalledOnce();
  press('pointerup');
  expect(run).toHaveBeenCalledOnce();
  await vi.waitFor(() => expect(run).toHaveBeenCalledTimes(2));
  press('pointercancel');
  await new Promise((done) => setTimeout(done));
  expect(run).toHaveBeenCalledTimes(2);
});
