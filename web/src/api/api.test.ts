import { InfiniteQueryObserver } from '@tanstack/react-query';
import { waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { serve } from '@/test/server';
import { http, operationOf, setApiLanguage, setCsrfToken } from './client';
import { ApiError } from './error';
import { followEvents, type LiveEvent, onRecordsChanged, staleKeys } from './live';
import { isOwnOperation, rememberOperation } from './own-operations';
import { createQueryClient, cursorOf, keys, optimistic } from './query';

afterEach(() => setCsrfToken(undefined));

describe('client', () => {
  it('sends the token, the language and a key that makes repeating harmless', async () => {
    const log = serve({ 'POST /api/v1/crm/customers/': { status: 201, body: { id: 7 } } });
    setCsrfToken('secret');
    setApiLanguage('en');
    await http.POST('/api/v1/crm/customers/', { body: { company_name: 'x' } });
    await http.POST('/api/v1/crm/customers/', { body: { company_name: 'x' } });
    const [first, second] = log.map((sent) => sent.headers);
    expect(first?.get('X-CSRF-Token')).toBe('secret');
    expect(first?.get('Accept-Language')).toBe('en');
    expect(first?.get('Idempotency-Key')).toMatch(/^[0-9a-f]{32}$/);
    expect(first?.get('Idempotency-Key')).not.toBe(second?.get('Idempotency-Key'));
  });

  it('sends neither token nor key with a GET', async () => {
    const log = serve({ 'GET /api/v1/crm/me/': { body: {} } });
    setCsrfToken('secret');
    await http.GET('/api/v1/crm/me/');
    expect(log[0]?.headers.has('X-CSRF-Token')).toBe(false);
    expect(log[0]?.headers.has('Idempotency-Key')).toBe(false);
  });

  it('throws a refusal with all that the problem says', async () => {
    serve({
      'POST /api/v1/crm/customers/': {
        status: 422,
        body: {
          title: 'Invalid',
          status: 422,
          code: 'invalid',
          detail: 'Bak.',
          errors: { tax_number: ['Kısa.'] },
          request_id: 'r1',
        },
      },
    });
    const error = await http.POST('/api/v1/crm/customers/', { body: {} }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 422, code: 'invalid', detail: 'Bak.', requestId: 'r1' });
    expect(error.fieldError('tax_number')).toBe('Kısa.');
    expect(error.fieldError('name')).toBeUndefined();
  });

  it('survives an error page that is no JSON', async () => {
    vi.stubGlobal(
      'fetch',
      async () => new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'X-Request-Id': 'r2' } }),
    );
    const error = await http.GET('/api/v1/crm/me/').catch((thrown) => thrown);
    expect(error).toMatchObject({ status: 502, code: 'unknown', requestId: 'r2' });
  });

  it('calls a broken wire unreachable', async () => {
    vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('Failed to fetch')));
    const error = await http.GET('/api/v1/crm/me/').catch((thrown) => thrown);
    expect(error).toMatchObject({ status: 0, code: 'unreachable' });
  });

  it('names and remembers the operation of a change', async () => {
    serve({ 'PATCH /api/v1/crm/me/': { body: {}, headers: { 'X-Operation-Id': '4711' } } });
    const { response } = await http.PATCH('/api/v1/crm/me/', { body: { theme: 'dark' } });
    expect(operationOf(response)).toBe('4711');
    expect(isOwnOperation(4711)).toBe(true);
    expect(isOwnOperation(4712)).toBe(false);
    expect(isOwnOperation(null)).toBe(false);
  });
});

describe('cache', () => {
  it('changes at once and takes back', async () => {
    const client = createQueryClient();
    client.setQueryData(['thing'], { name: 'before' });
    const rollBack = await optimistic<{ name: string }>(client, ['thing'], (thing) => ({ ...thing, name: 'after' }));
    expect(client.getQueryData(['thing'])).toEqual({ name: 'after' });
    rollBack();
    expect(client.getQueryData(['thing'])).toEqual({ name: 'before' });
  });

  it('leaves alone what was never loaded', async () => {
    const client = createQueryClient();
    const rollBack = await optimistic(client, ['nothing'], () => 'made up');
    rollBack();
    expect(client.getQueryData(['nothing'])).toBeUndefined();
  });

  it('tells of a lost session', async () => {
    serve({ 'GET /api/v1/crm/me/': { status: 401, body: { status: 401 } } });
    const lost = vi.fn();
    const client = createQueryClient(lost);
    await client.fetchQuery({ queryKey: ['x'], queryFn: () => http.GET('/api/v1/crm/me/') }).catch(() => {});
    expect(lost).toHaveBeenCalledOnce();
  });

  it('reads the cursor from a link', () => {
    expect(cursorOf('/api/v1/crm/customers/?cursor=abc%3D&page_size=5')).toBe('abc=');
    expect(cursorOf('https://crm.example/api/?cursor=x')).toBe('x');
    expect(cursorOf(null)).toBeUndefined();
  });
});

describe('live updates', () => {
  const event = (changes: Partial<LiveEvent>): LiveEvent => ({
    id: 1,
    kind: 'customer.updated',
    subject_type: 'customer',
    subject_id: 7,
    customer_id: 7,
    actor_id: 1,
    operation_id: null,
    ...changes,
  });

  class FakeSource {
    static readonly CLOSED = 2;
    static last: FakeSource;
    readyState = 1;
    closed = false;
    onopen = () => {};
    listeners: Record<string, (message: { data: string }) => void> = {};
    onerror = () => {};
    constructor(readonly url: string) {
      FakeSource.last = this;
    }
    addEventListener(kind: string, listener: (message: { data: string }) => void) {
      this.listeners[kind] = listener;
    }
    close() {
      this.closed = true;
    }
  }

  class FakeChannel {
    onmessage = () => {};
    postMessage() {}
    close() {}
  }

  function follow() {
    vi.stubGlobal('EventSource', FakeSource);
    vi.stubGlobal('BroadcastChannel', FakeChannel);
    const client = createQueryClient();
    const invalidate = vi.spyOn(client, 'invalidateQueries');
    const stop = followEvents(client);
    const tell = (changes: Partial<LiveEvent>) =>
      FakeSource.last.listeners.change?.({ data: JSON.stringify(event(changes)) });
    return { client, invalidate, stop, tell, source: FakeSource.last };
  }

  it('knows what an event makes stale', () => {
    expect(staleKeys(event({}))).toEqual([keys.customer(7), keys.customers]);
    expect(staleKeys(event({ subject_type: 'address', subject_id: 3, customer_id: 7 }))).toEqual([keys.customer(7)]);
    expect(staleKeys(event({ subject_type: 'import', subject_id: 5, customer_id: null }))).toContainEqual(
      keys.import(5),
    );
    expect(staleKeys(event({ subject_type: 'team', customer_id: null }))).toEqual([]);
  });

  it('gathers events and refreshes each thing once', async () => {
    const { invalidate, stop, tell } = follow();
    for (let i = 0; i < 50; i++) tell({ id: i });
    await waitFor(() => expect(invalidate).toHaveBeenCalledTimes(2));
    stop();
  });

  it('reads a long list not again for one customer, but tells which one it was', async () => {
    const { client, stop, tell } = follow();
    const read = vi.fn(async ({ pageParam }: { pageParam: number }) => pageParam);
    const list = (name: string, pages: number) =>
      new InfiniteQueryObserver(client, {
        queryKey: [...keys.customers, name],
        queryFn: read,
        initialPageParam: 0,
        initialData: { pages: Array.from({ length: pages }, (_, at) => at), pageParams: Array(pages).fill(0) },
        getNextPageParam: () => 0,
        meta: { keepsRows: true },
        staleTime: Number.POSITIVE_INFINITY,
      }).subscribe(() => {});
    const leave = [list('long', 3), list('short', 1)];
    const watcher = vi.fn();
    const deaf = onRecordsChanged('customers', watcher);
    for (let i = 0; i < 5; i++) tell({ id: i });
    await waitFor(() => expect(watcher).toHaveBeenCalledExactlyOnceWith([7]));
    expect(read).toHaveBeenCalledOnce();
    expect(client.getQueryState([...keys.customers, 'long'])?.isInvalidated).toBe(true);
    for (const end of [...leave, deaf, stop]) end();
  });

  it('skips the echo of own writes', async () => {
    const { invalidate, stop, tell } = follow();
    rememberOperation('99');
    tell({ operation_id: 99 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(invalidate).not.toHaveBeenCalled();
    stop();
  });

  it('refreshes everything once the stream stands, and after a gap', () => {
    const { invalidate, stop, source } = follow();
    expect(invalidate).not.toHaveBeenCalled();
    source.onopen();
    expect(invalidate).toHaveBeenCalledOnce();
    source.onopen();
    expect(invalidate).toHaveBeenCalledTimes(2);
    source.listeners.refresh?.({ data: '{}' });
    expect(invalidate).toHaveBeenCalledTimes(3);
    stop();
    expect(source.closed).toBe(true);
  });
});
