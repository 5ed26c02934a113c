import { useSyncExternalStore } from 'react';

/** How the server can be reached: at all, not since a moment, or not for want of a network. */
export interface Connection {
  state: 'up' | 'down' | 'offline';
  /** When it broke off, in milliseconds. */
  since: number;
}

/** Answers without a session, and with little. */
const PROBE = '/api/v1/crm/setup/';
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const PROBE_TIMEOUT_MS = 8_000;

let connection: Connection = { state: 'up', since: 0 };
let wait = FIRST_WAIT_MS;
let timer: ReturnType<typeof setTimeout> | undefined;
let probing: Promise<void> | undefined;
const watchers = new Set<() => void>();
const returns = new Set<() => void>();

function put(state: Connection['state']) {
  if (state === connection.state) return;
  const wasUp = connection.state === 'up';
  connection = { state, since: wasUp ? Date.now() : connection.since };
  for (const watcher of watchers) watcher();
  if (state !== 'up') return;
  clearTimeout(timer);
  wait = FIRST_WAIT_MS;
  for (const tell of returns) tell();
}

/** An answer came, whatever it says. Without a network it is one that was on its way already. */
export function noteReached() {
  if (connection.state === 'offline' && globalThis.navigator?.onLine === false) return;
  put('up');
}

/** No answer came: a request failed on the way, or the stream broke off. Asks the server before anything is said. */
export function noteUnreached() {
  if (connection.state === 'up') void tryNow();
}

/** Asks whether the server is there, at once. What fails is tried again, more and more rarely. */
export function tryNow(): Promise<void> {
  probing ??= probe().finally(() => {
    probing = undefined;
  });
  return probing;
}

async function probe() {
  clearTimeout(timer);
  const isThere = await fetch(PROBE, { cache: 'no-store', signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) }).then(
    // A proxy that stands before the server answers for it with these.
    ({ status }) => ![502, 503, 504].includes(status),
    () => false,
  );
  if (isThere) return put('up');
  put(globalThis.navigator?.onLine === false ? 'offline' : 'down');
  timer = setTimeout(tryNow, wait * (0.75 + Math.random() / 2));
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
}

globalThis.addEventListener?.('offline', () => put('offline'));
globalThis.addEventListener?.('online', () => void tryNow());

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** How the server can be reached now. */
export function connectionNow(): Connection {
  return connection;
}

/** Calls when the server can be reached again, until the answer is called. */
export function onReturn(tell: () => void): () => void {
  returns.add(tell);
  return () => returns.delete(tell);
}

/** How the server can be reached, for a component that shows it. */
export function useConnection(): Connection {
  return useSyncExternalStore(watch, connectionNow);
}
