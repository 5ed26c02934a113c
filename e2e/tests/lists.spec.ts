import type { Page } from '@playwright/test';
import { type Api, expect, newCompany, test, violations } from '../fixtures';

/** Leads that no other test has; the word finds them. */
async function leads(api: Api, names: string[], more: Record<string, unknown> = {}) {
  const word = `Liste${Date.now()}${Math.floor(Math.random() * 1000)}`;
  const ids: number[] = [];
  for (const name of names) {
    const body = { first_name: name, last_name: word, email: `${name}@${word}.example`.toLowerCase(), ...more };
    ids.push((await api.send('POST', 'leads/', body)).id);
  }
  return { word, ids };
}

async function inbox(page: Page, word: string) {
  await page.goto('/leads');
  await expect(page.getByRole('link', { name: 'Gelen kutusu' })).toHaveAttribute('aria-current', 'page');
  await page.getByRole('searchbox', { name: 'Aday ara' }).fill(word);
  await expect(page.getByRole('table', { name: 'Adaylar' }).getByRole('link').first()).toContainText(word);
}

const statuses = async (api: Api, ids: number[]) =>
  Promise.all(ids.map(async (id) => (await api.get(`leads/${id}/`)).status as string));

test('the inbox shows who waits, and one key does what is done with each', async ({ signedIn: page, api }) => {
  const { word, ids } = await leads(api, ['Bir', 'Iki', 'Uc']);
  await api.send('PUT', `leads/${ids[2]}/qualify/`, { status: 'disqualified', reason: 'junk' });
  await inbox(page, word);
  const table = page.getByRole('table', { name: 'Adaylar' });
  await expect(table.getByRole('link')).toHaveCount(2);
  await page.getByRole('searchbox', { name: 'Aday ara' }).blur();
  await page.keyboard.press('j');
  const name = await table.getByRole('row').nth(1).getByRole('link').innerText();
  const id = (name.startsWith('Bir') ? ids[0] : ids[1]) as number;
  await page.keyboard.press('!');
  await expect(page.getByText(`${name} elendi.`)).toBeVisible();
  await expect(table.getByRole('link')).toHaveCount(1);
  expect(await statuses(api, [id])).toEqual(['disqualified']);
  await page.getByRole('button', { name: 'Geri al' }).click();
  await expect(table.getByRole('link')).toHaveCount(2);
  expect(await statuses(api, ids)).toEqual(['new', 'new', 'disqualified']);
  // Whatever asks something opens its dialog and does nothing yet.
  await page.keyboard.press('j');
  await page.keyboard.press('c');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(await statuses(api, ids)).toEqual(['new', 'new', 'disqualified']);
});

test('many leads are moved in one stroke, and back', async ({ signedIn: page, api }) => {
  const { word, ids } = await leads(api, ['Bir', 'Iki']);
  await inbox(page, word);
  await page.getByRole('checkbox', { name: 'Görünen tüm satırları seç' }).check();
  await page.getByRole('region', { name: 'Seçim işlemleri' }).getByRole('button', { name: 'Durum' }).click();
  await page.getByRole('menuitem', { name: 'Besleniyor' }).click();
  await expect(page.getByText('2 aday değiştirildi.')).toBeVisible();
  expect(await statuses(api, ids)).toEqual(['nurturing', 'nurturing']);
  await page.getByRole('button', { name: 'Geri al' }).click();
  await expect(page.getByText('Geri alındı.')).toBeVisible();
  expect(await statuses(api, ids)).toEqual(['new', 'new']);
});

test('each list keeps its own views and tabs', async ({ signedIn: page, api }) => {
  const { word } = await leads(api, ['Bir'], { city: 'Van' });
  await inbox(page, word);
  await page.getByRole('button', { name: 'Görünüm', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Yeni görünüm olarak kaydet' }).click();
  await page.getByRole('textbox', { name: 'Ad', exact: true }).fill(`Adaylarım ${word}`);
  await page.getByRole('button', { name: 'Kaydet', exact: true }).click();
  const tab = page.getByRole('link', { name: `Adaylarım ${word}` });
  await expect(tab).toHaveAttribute('aria-current', 'page');
  await page.goto('/customers');
  await expect(page.getByRole('link', { name: 'Tümü', exact: true })).toBeVisible();
  await expect(tab).toHaveCount(0);
});

test('opportunities as a list: edited in place, peeked at, undone', async ({ signedIn: page, api }) => {
  const customer = await newCompany(api, `Liste ${Date.now()}`);
  const name = `Fırsat ${Date.now()}`;
  const deal = await api.send('POST', 'opportunities/', {
    name,
    customer: customer.id,
    amount: '1500',
    expected_close_date: '2030-01-31',
  });
  await page.goto('/opportunities');
  await page.getByRole('link', { name: 'Liste olarak göster' }).click();
  await page.getByRole('searchbox', { name: 'Fırsat ara' }).fill(name);
  const row = page.getByRole('table', { name: 'Fırsatlar' }).getByRole('row').filter({ hasText: name });
  await expect(row).toContainText('₺1.500');
  await row.getByRole('link', { name }).focus();
  await page.keyboard.press('Space');
  const beside = page.getByRole('complementary', { name: 'Seçili fırsat' });
  await expect(beside).toContainText(deal.opportunity_number);
  // Changed in its cell, at once on the screen, and back.
  await page.keyboard.press('Escape');
  await row.locator('[data-column=amount]').dblclick();
  await page.getByRole('textbox', { name: 'Tutar' }).fill('2000');
  await page.keyboard.press('Enter');
  await expect(row).toContainText('₺2.000');
  await expect.poll(async () => (await api.get(`opportunities/${deal.id}/`)).amount).toBe('2000.00');
  await page.getByRole('button', { name: 'Geri al' }).click();
  await expect(row).toContainText('₺1.500');
  await page.goto(`/opportunities/list?search=${encodeURIComponent(name)}`);
  await page.getByRole('link', { name: 'Pano olarak göster' }).click();
  await expect(page).toHaveURL(/\/opportunities$/);
});

test('leads come from a file, too', async ({ signedIn: page, api }) => {
  const word = `Aktarim${Date.now()}`;
  const file = `Adı;Soyadı;E-posta;Firma\nAyşe;${word};a@${word}.example;Deniz A.Ş.\nAli;${word};yanlış;Dağ A.Ş.\n`;
  await page.goto('/import');
  await page.getByText('Adaylar', { exact: true }).last().click();
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'adaylar.csv', mimeType: 'text/csv', buffer: Buffer.from(file) });
  await expect(page.getByText('Adaylar · adaylar.csv')).toBeVisible();
  await page.getByRole('button', { name: 'Dene', exact: true }).click();
  await page.getByRole('button', { name: 'İçe aktar', exact: true }).click();
  await page.getByRole('link', { name: 'Listeye git' }).click();
  await expect(page).toHaveURL(/\/leads/);
  const found = await api.get(`leads/?search=${word}`);
  expect(found.results.map(({ first_name }: { first_name: string }) => first_name)).toEqual(['Ayşe']);
});

for (const scheme of ['light', 'dark'] as const) {
  test(`lists are accessible, ${scheme}`, async ({ signedIn: page, api }) => {
    const { word } = await leads(api, ['Bir']);
    await page.emulateMedia({ colorScheme: scheme });
    await inbox(page, word);
    expect(await violations(page)).toEqual([]);
    await page.goto('/opportunities/list');
    await expect(page.getByRole('table', { name: 'Fırsatlar' }).getByRole('row').nth(1)).toBeVisible();
    expect(await violations(page)).toEqual([]);
  });
}

test('lists are not wider than a phone', async ({ signedIn: page, api }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  const { word } = await leads(api, ['Bir']);
  await inbox(page, word);
  for (const path of ['/leads', '/opportunities/list', '/import']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  }
});
