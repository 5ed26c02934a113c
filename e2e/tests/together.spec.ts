import type { Browser, Page } from '@playwright/test';
import { type Api, expect, newCompany, rowLinks, test } from '../fixtures';
import type { DemoServer } from '../server';

const PASSWORD = 'Birlikte-calisiyoruz-7';

/** The page of a colleague with a session of their own, in a browser of their own. */
async function colleague(browser: Browser, demo: DemoServer, api: Api, name: string): Promise<Page> {
  const email = `is.arkadasi.${Date.now()}@ornek.example`;
  const roles = (await api.get('roles/')).results as { id: number; name: string }[];
  const role = roles.find((one) => one.name === 'Yönetici');
  const user = await api.send('POST', 'users/', { email, name, role_ids: [role?.id] });
  const { link } = await api.send('POST', `users/${user.id}/password-reset/`, {});
  const page = await (await browser.newContext({ baseURL: demo.url, locale: 'tr-TR' })).newPage();
  const token = String(link).split('#')[1];
  const post = (path: string, data: object) => page.request.post(`/api/v1/crm/${path}`, { data });
  expect((await post('password-reset/complete/', { token, password: PASSWORD })).ok()).toBe(true);
  expect((await post('session/', { email, password: PASSWORD })).ok()).toBe(true);
  return page;
}

test('two who have the same customer open see each other, and what the other writes', async ({
  signedIn: page,
  api,
  browser,
  demo,
}) => {
  const customer = await newCompany(api, `Ortak ${Date.now()}`);
  await page.goto(`/customers/${customer.id}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(customer.name);
  const present = page.getByRole('list', { name: 'Bu kaydı açan diğer kişiler' });
  await expect(present.getByRole('listitem')).toHaveCount(0);

  const other = await colleague(browser, demo, api, 'Zeynep Kaya');
  await other.goto(`/customers/${customer.id}`);
  await expect(other.getByText('Deniz Yönetici de burada')).toBeVisible();
  await expect(page.getByText('Zeynep Kaya de burada')).toBeVisible({ timeout: 25_000 });

  const note = other.getByRole('textbox', { name: 'Not yazın' });
  await note.fill('Salı günü yeniden aranacak.');
  await note.press('Control+Enter');
  await expect(note).toHaveValue('');
  // Nothing was reloaded, and what was begun here is still there.
  await page.getByRole('textbox', { name: 'Not yazın' }).fill('Yarım');
  await expect(page.getByText('Salı günü yeniden aranacak.')).toBeVisible();
  await other.getByRole('textbox', { name: 'Not yazın' }).fill('Bir şey daha');
  await other.getByRole('textbox', { name: 'Not yazın' }).press('Control+Enter');
  await expect(page.getByText('Bir şey daha')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Not yazın' })).toHaveValue('Yarım');
  await other.context().close();
});

test('a long history goes on as one scrolls, each thing once', async ({ signedIn: page, api }) => {
  const customer = await newCompany(api, `Uzun geçmiş ${Date.now()}`);
  const NOTES = 130;
  for (let n = 1; n <= NOTES; n += 1)
    await api.send('POST', `customers/${customer.id}/notes/`, { body: `Kayıt ${n}.` });
  const pages: string[] = [];
  page.on('request', (request) => {
    if (/timeline\/\?.*cursor=/.test(request.url())) pages.push(request.url());
  });
  await page.goto(`/customers/${customer.id}`);
  const written = page.getByText(/^Kayıt \d+\.$/);
  await expect(written.first()).toHaveText(`Kayıt ${NOTES}.`);
  await expect(page.getByText('Kayıt 1.', { exact: true })).toHaveCount(0);
  await page.mouse.move(720, 600);
  await expect(async () => {
    await page.mouse.wheel(0, 4_000);
    await expect(page.getByText('müşteriyi oluşturdu')).toBeInViewport({ timeout: 250 });
  }).toPass();
  await expect(written).toHaveText(Array.from({ length: NOTES }, (_, n) => `Kayıt ${NOTES - n}.`));
  expect(pages.length).toBeGreaterThan(0);
  expect(new Set(pages).size).toBe(pages.length);
});

test('in a long list a row changes where it stands, and the list is not read again', async ({
  signedIn: page,
  api,
}) => {
  await page.goto('/customers');
  const first = rowLinks(page).first();
  await expect(first).toBeVisible();
  const { results } = await api.get('customers/?page_size=200');
  const changed = results.find((one: { customer_type: string }) => one.customer_type === 'individual');
  const more = page.waitForResponse((answer) => /customers\/\?.*cursor=/.test(answer.url()));
  await page.getByRole('table').hover();
  await page.mouse.wheel(0, 5_000);
  await more;
  await page.getByRole('table').evaluate((table) => table.scrollTo({ top: 0 }));
  await expect(first).toBeVisible();

  const read: string[] = [];
  page.on('request', (request) => {
    if (/customers\/\?/.test(request.url())) read.push(request.url());
  });
  const name = `Değişti ${Date.now()}`;
  const before = changed.first_name;
  await api.send('PATCH', `customers/${changed.id}/`, { first_name: name });
  await page
    .getByRole('table')
    .evaluate((table, at) => table.scrollTo({ top: at * 36 }), Math.max(0, results.indexOf(changed) - 3));
  await expect(page.getByRole('table').getByRole('link', { name: new RegExp(name) })).toBeVisible();
  expect(read).toEqual([]);
  await api.send('PATCH', `customers/${changed.id}/`, { first_name: before });
  await expect(page.getByRole('table').getByRole('link', { name: new RegExp(name) })).toHaveCount(0);
});
