import createFetchClient, { type Middleware } from 'openapi-fetch';
import { randomId } from '@/lib/random-id';
import { noteReached, noteUnreached } from './connection';
import { ApiError, errorOf } from './error';
import { rememberOperation } from './own-operations';
import type { paths } from './schema';

let csrfToken: string | undefined;
let language = 'tr';

/** The token that every request but GET carries; it comes with `Me`. */
export function setCsrfToken(token: string | undefined) {
  csrfToken = token;
}

/** The language in which the server is to speak. */
export function setApiLanguage(next: string) {
  language = next;
}

/** Headers of every request; POST also gets a key that makes a repetition harmless. */
export function requestHeaders(method: string): Record<string, string> {
  const headers: Record<string, string> = { 'Accept-Language': language };
  if (method !== 'GET' && csrfToken) headers['X-CSRF-Token'] = csrfToken;
  if (method === 'POST') headers['Idempotency-Key'] = randomId();
  return headers;
}

const headersAndProblems: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(requestHeaders(request.method))) {
      if (!request.headers.has(name)) request.headers.set(name, value);
    }
  },
  async onResponse({ response }) {
    if ([502, 503, 504].includes(response.status)) noteUnreached();
    else noteReached();
    rememberOperation(response.headers.get('X-Operation-Id'));
    if (!response.ok) throw await errorOf(response);
  },
  onError({ error }) {
    if (error instanceof ApiError) return error;
    if (error instanceof DOMException && error.name === 'AbortError') return error;
    noteUnreached();
    return new ApiError(0);
  },
};

/** The typed client: `http.GET('/api/v1/crm/customers/')`. Failures are thrown as `ApiError`. */
export const http = createFetchClient<paths>({
  baseUrl: globalThis.location?.origin,
  // Looked up at each call, so that a test can stand in for the network.
  fetch: (request) => globalThis.fetch(request),
});
http.use(headersAndProblems);

/** The operation that can be undone, if the response names one. */
export function operationOf(response: Response): string | undefined {
  return response.headers.get('X-Operation-Id') ?? undefined;
}
