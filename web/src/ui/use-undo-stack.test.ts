import { expect, it } from 'vitest';
import { begin, changed, redone, undone } from './use-undo-stack';

it('goes back and forth by steps, and what is typed into one field is one of them', () => {
  let stack = begin({ name: '' });
  for (const name of ['A', 'Ad', 'Ada']) stack = changed(stack, { name }, 'name');
  stack = changed(stack, { name: 'Ada', city: 'Bursa' } as { name: string }, 'city');
  expect(stack.past).toEqual([{ name: '' }, { name: 'Ada' }]);
  stack = undone(undone(stack));
  expect(stack.now).toEqual({ name: '' });
  expect(undone(stack).now).toEqual({ name: '' });
  stack = redone(stack);
  expect(stack.now).toEqual({ name: 'Ada' });
});

it('does not go on from a step that was taken back with the same mark, and forgets what it left behind', () => {
  let stack = changed(changed(begin(0), 1, 'a'), 2, 'b');
  stack = undone(stack);
  stack = changed(stack, 5, 'a');
  expect(stack).toMatchObject({ past: [0, 1], now: 5, future: [] });
  expect(redone(stack).now).toBe(5);
});

it('remembers a hundred steps', () => {
  let stack = begin(0);
  for (let step = 1; step <= 150; step++) stack = changed(stack, step);
  expect(stack.past).toHaveLength(100);
  expect(stack.past[0]).toBe(50);
});
