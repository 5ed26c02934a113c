import type { InfiniteData, Query, QueryClient, QueryKey } from '@tanstack/react-query';
import { noteUnreached, onReturn } from './connection';
import { isOwnOperation } from './own-operations';
import { keys } from './query';
import { entityOf, kindOf, type RecordKind, recordKinds } from './records';

/** An event of the server's stream. */
export interface LiveEvent {
  id: number;
  kind: string;
  subject_type: string;
  subject_id: number;
  customer_id: number | null;
  actor_id: number | null;
  operation_id: number | string | null;
}

/** What the tab with the stream tells the others: an event, that some were missed, or that the stream broke off. */
type Told = LiveEvent | 'gap' | 'lost';

const STREAM = '/api/v1/crm/events/stream/';
const GATHER_MS = 400;

type Watcher = (ids: number[]) => void;
const watchers = Object.fromEntries(recordKinds.map((kind) => [kind, new Set()])) as Record<RecordKind, Set<Watcher>>;

/** Tells which records of a kind others have changed, several at a time, until the answer is called. */
export function onRecordsChanged(kind: RecordKind, watcher: Watcher): () => void {
  watchers[kind].add(watcher);
  return () => watchers[kind].delete(watcher);
}

/** The queries that an event may have made stale. */
export function staleKeys(event: LiveEvent): QueryKey[] {
  const stale: QueryKey[] = [];
  const customer = event.subject_type === 'customer' ? event.subject_id : event.customer_id;
  if (customer != null) stale.push(keys.customer(customer));
  const kind = kindOf(event.subject_type);
  if (kind) stale.push([kind]);
  if (kind && kind !== 'customers') stale.push([entityOf[kind], event.subject_id]);
  if (event.subject_type === 'activity') stale.push(keys.calendar);
  if (event.operation_id != null) stale.push(keys.operations);
  if (event.subject_type === 'import') stale.push(keys.import(event.subject_id), keys.customers);
  return stale;
}

/**
 * A list of which several pages are loaded is not read again for one event: it says with `keepsRows` that its rows are brought up to date
 * one by one, and is merely marked as stale.
 */
function isReadAgain({ meta, state }: Query): boolean {
  const pages = (state.data as Partial<InfiniteData<unknown>> | undefined)?.pages;
  return !(meta?.keepsRows && pages && pages.length > 1);
}

/**
 * Keeps the cache fresh from the server's events until the answer is called. One tab of a browser holds the stream and tells the others;
 * when it closes, another takes over. Events are gathered for a moment, own writes are skipped, after a gap everything is refreshed.
 * It may be asked for again: the sooner the stream stands, the less was read before it and must be read once more.
 */
export function followEvents(client: QueryClient): () => void {
  if (followed?.client === client) return followed.end;
  followed?.end();
  const end = follow(client);
  followed = {
    client,
    end: () => {
      if (followed?.client === client) followed = undefined;
      end();
    },
  };
  return followed.end;
}

let followed: { client: QueryClient; end: () => void } | undefined;

function follow(client: QueryClient): () => void {
  const stop = new AbortController();
  const channel = new BroadcastChannel('crm.live');
  const pending = new Map<string, QueryKey>();
  const changed = new Map<RecordKind, Set<number>>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = () => {
    timer = undefined;
    const told = [...changed];
    changed.clear();
    for (const queryKey of pending.values()) {
      client.invalidateQueries({ queryKey, refetchType: 'none' });
      client.refetchQueries({ queryKey, type: 'active', predicate: isReadAgain });
    }
    pending.clear();
    for (const [kind, ids] of told) for (const watcher of watchers[kind]) watcher([...ids]);
  };
  const take = (event: Told) => {
    if (event === 'lost') {
      noteUnreached();
      return;
    }
    if (event === 'gap') {
      client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== keys.me[0] });
      return;
    }
    // An import goes on by itself long after the request that began it: its news are never stale.
    if (event.subject_type !== 'import' && isOwnOperation(event.operation_id)) return;
    const kind = kindOf(event.subject_type);
    if (kind) changed.set(kind, (changed.get(kind) ?? new Set()).add(event.subject_id));
    for (const key of staleKeys(event)) pending.set(JSON.stringify(key), key);
    timer ??= setTimeout(flush, GATHER_MS);
  };
  const tell = (event: Told) => {
    take(event);
    channel.postMessage(event);
  };

  channel.onmessage = (message) => take(message.data);
  holdLeadership(stop.signal, () => listen(stop.signal, tell));
  // While nothing could be reached, anything may have happened.
  const forget = onReturn(() => take('gap'));

  return () => {
    stop.abort();
    forget();
    channel.close();
    clearTimeout(timer);
  };
}

/** Runs `lead` in one tab at a time; where the browser has no locks (plain HTTP), in each. */
function holdLeadership(signal: AbortSignal, lead: () => void) {
  if (!('locks' in navigator) || !navigator.locks) {
    lead();
    return;
  }
  const untilStopped = () =>
    new Promise<void>((done) => {
      lead();
      signal.addEventListener('abort', () => done());
    });
  navigator.locks.request('crm.live', { signal }, untilStopped).catch(() => {});
}

function listen(signal: AbortSignal, tell: (event: Told) => void) {
  let retry: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource;

  const connect = () => {
    source = new EventSource(STREAM);
    // What was read before the stream stood, the first time as well as after a break, may have changed unseen.
    source.onopen = () => tell('gap');
    source.addEventListener('change', (message) => tell(JSON.parse(message.data)));
    source.addEventListener('refresh', () => tell('gap'));
    source.onerror = () => {
      if (signal.aborted) return;
      tell('lost');
      // The browser reconnects by itself unless the server answered with an error; then we ask again, later.
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(connect, 15_000);
    };
  };
  connect();
  // Sooner than either of the two would.
  const forget = onReturn(() => {
    if (source.readyState === EventSource.OPEN) return;
    clearTimeout(retry);
    source.close();
    connect();
  });
  signal.addEventListener('abort', () => {
    forget();
    clearTimeout(retry);
    source.close();
  });
}
