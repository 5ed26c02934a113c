import { readFileSync } from 'node:fs';
import { type APIRequestContext, test as base, expect, type Page } from '@playwright/test';
import { type DemoServer, startDemo } from './server';

const axe = readFileSync(new URL('./node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

/** The API as the signed-in user of a page. */
export interface Api {
  get: (path: string) => Promise<any>;
  send: (method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown) => Promise<any>;
}

interface Fixtures {
  /** Settings with which the page's user begins. */
  me: { locale: 'tr' | 'en'; theme: 'light' | 'dark' | 'system' };
  api: Api;
  /** A page whose user is signed in. */
  signedIn: Page;
}

interface Session {
  cookie: { name: string; value: string };
  token: string;
}

/** Tests over a server with the demonstration data, one for all tests of a worker; also one session, as sign-ins are limited. */
export const test = base.extend<Fixtures, { demo: DemoServer; session: Session }>({
  demo: [
    async ({}, use) => {
      const demo = await startDemo();
      await use(demo);
      await demo.stop();
    },
    { scope: 'worker', timeout: 150_000 },
  ],
  session: [async ({ demo }, use) => use(await signIn(demo)), { scope: 'worker' }],
  baseURL: async ({ demo }, use) => use(demo.url),
  me: [{ locale: 'tr', theme: 'light' }, { option: true }],
  api: async ({ context, demo, session, me }, use) => {
    await context.addCookies([{ ...session.cookie, url: demo.url, httpOnly: true, sameSite: 'Lax' }]);
    const api = apiOf(context.request, demo.url, session.token);
    await api.send('PATCH', 'me/', me);
    await use(api);
  },
  signedIn: async ({ page, api }, use) => {
    expect(api).toBeDefined();
    const failures: string[] = [];
    page.on('pageerror', (error) => failures.push(error.message));
    await use(page);
    expect(failures).toEqual([]);
  },
});

export { expect };

async function signIn({ url, email, password }: DemoServer): Promise<Session> {
  const answer = await fetch(`${url}/api/v1/crm/session/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const [name, value] = (answer.headers.get('set-cookie') ?? '').split(';')[0]?.split('=') ?? [];
  if (!answer.ok || !name || !value) throw new Error(`signing in: ${answer.status} ${await answer.text()}`);
  return { cookie: { name, value }, token: ((await answer.json()) as { csrf_token: string }).csrf_token };
}

function apiOf(request: APIRequestContext, url: string, token: string): Api {
  const call = async (method: string, path: string, data?: unknown) => {
    const headers = { 'X-CSRF-Token': token };
    const answer = await request.fetch(`${url}/api/v1/crm/${path}`, { method, data, headers });
    expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
    return answer.status() === 204 ? undefined : answer.json().catch(() => undefined);
  };
  return { get: (path) => call('GET', path), send: call };
}

/** What axe finds wrong with the page as it stands. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    // biome-ignore lint/suspicious/noExplicitAny: axe was put into the page a line above
    const result = await (globalThis as any).axe.run({ resultTypes: ['violations'] });
    return result.violations.flatMap((rule: { id: string; nodes: { html: string }[] }) =>
      rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 200)}`),
    );
  });
}

/** A company of its own for a test that changes things. */
export async function newCompany(api: Api, name: string, more: Record<string, unknown> = {}) {
  return api.send('POST', 'customers/', { customer_type: 'company', company_name: name, ...more });
}

/** The rows of the customers table that have come. */
export const rowLinks = (page: Page) => page.getByRole('table').locator('[data-row-link]');
