import { readFileSync } from 'node:fs';
import { type APIRequestContext, test as base, expect, type Page } from '@playwright/test';
import { type DemoServer, startDemo } from './server';

const axe = readFileSync(new URL('./node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

/** The API as the signed-in user of a page. */
export interface Api {
  get: (path: string) => Promise<any>;
  send: (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) => Promise<any>;
}

interface Fixtures {
  /** Settings with which the page's user begins. */
  me: { locale: 'tr' | 'en'; theme: 'light' | 'dark' | 'system' };
  api: Api;
  /** A page whose user is signed in. */
  signedIn: Page;
}

/** Tests over a server with the demonstration data, one for all tests of a worker. */
export const test = base.extend<Fixtures, { demo: DemoServer }>({
  demo: [
    async ({}, use) => {
      const demo = await startDemo();
      await use(demo);
      await demo.stop();
    },
    { scope: 'worker', timeout: 150_000 },
  ],
  baseURL: async ({ demo }, use) => use(demo.url),
  me: [{ locale: 'tr', theme: 'light' }, { option: true }],
  api: async ({ context, demo, me }, use) => {
    const answer = await context.request.post(`${demo.url}/api/v1/crm/session/`, {
      data: { email: demo.email, password: demo.password },
    });
    expect(answer.status()).toBe(200);
    const api = apiOf(context.request, demo.url, (await answer.json()).csrf_token);
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
