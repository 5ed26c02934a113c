import { vi } from 'vitest';

/** A request as the application sent it. */
export interface Sent {
  method: string;
  path: string;
  headers: Headers;
  body: unknown;
}

type Answer = { status?: number; body?: unknown; headers?: Record<string, string> };

/** Stands in for the server: answers by `METHOD /path`, remembers what was sent. */
export function serve(answers: Record<string, Answer | ((sent: Sent) => Answer)>): Sent[] {
  const log: Sent[] = [];
  vi.stubGlobal('fetch', async (input: Request) => {
    const url = new URL(input.url);
    const text = await input.text();
    const sent: Sent = {
      method: input.method,
      path: url.pathname + url.search,
      headers: input.headers,
      body: text ? JSON.parse(text) : undefined,
    };
    log.push(sent);
    const answer = answers[`${input.method} ${url.pathname}`];
    if (!answer) throw new Error(`nobody answers ${input.method} ${url.pathname}`);
    const { status = 200, body, headers } = typeof answer === 'function' ? answer(sent) : answer;
    const type = status >= 400 ? 'application/problem+json' : 'application/json';
    return new Response(body === undefined ? null : JSON.stringify(body), {
      status,
      headers: { 'Content-Type': type, ...headers },
    });
  });
  return log;
}
