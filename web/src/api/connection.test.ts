import { afterEach, expect, it, vi } from 'vitest';
import { connectionNow, noteReached, noteUnreached, onReturn, tryNow } from './connection';

afterEach(() => {
  noteReached();
  vi.useRealTimers();
});

it('asks before it says that the server is gone', async () => {
  vi.stubGlobal('fetch', async () => new Response('{}'));
  noteUnreached();
  await tryNow();
  expect(connectionNow().state).toBe('up');
});

it('tries again by itself, more and more rarely, and tells once when it is back', async () => {
  vi.useFakeTimers();
  const asked = vi.fn(async (): Promise<Response> => Promise.reject(new TypeError('Failed to fetch')));
  vi.stubGlobal('fetch', asked);
  const back = vi.fn();
  const forget = onReturn(back);
  await tryNow();
  expect(connectionNow().state).toBe('down');
  const { since } = connectionNow();
  await vi.advanceTimersByTimeAsync(10_000);
  const early = asked.mock.calls.length;
  expect(early).toBeGreaterThan(2);
  expect(early).toBeLessThan(7);
  expect(connectionNow().since).toBe(since);
  expect(back).not.toHaveBeenCalled();

  asked.mockImplementation(async () => new Response('{}'));
  await vi.advanceTimersByTimeAsync(40_000);
  expect(connectionNow().state).toBe('up');
  expect(back).toHaveBeenCalledOnce();
  const total = asked.mock.calls.length;
  await vi.advanceTimersByTimeAsync(120_000);
  expect(asked.mock.calls.length).toBe(total);
  forget();
});

it('takes the answer of a proxy for no answer', async () => {
  vi.stubGlobal('fetch', async () => new Response('', { status: 502 }));
  await tryNow();
  expect(connectionNow().state).toBe('down');
});
