import { expect, newCompany, rowLinks, test } from '../fixtures';

test.beforeEach(async ({ signedIn: page }) => {
  await page.goto('/customers');
  await expect(rowLinks(page).first()).toBeVisible();
});

test('every spelling of a Turkish word finds the same', async ({ signedIn: page, api }) => {
  const stamp = Date.now();
  await newCompany(api, `İstanbul Işık ${stamp}`);
  const found: string[] = [];
  for (const spelling of ['istanbul', 'İSTANBUL', 'ISTANBUL', 'ıstanbul']) {
    await page.getByRole('searchbox').fill(`${spelling} ${stamp}`);
    await expect(page).toHaveURL(/search=/);
    await expect(rowLinks(page)).toHaveText([`İstanbul Işık ${stamp}`]);
    found.push(spelling);
  }
  expect(found).toHaveLength(4);
});

test('the slash puts the cursor into the search, Escape empties it', async ({ signedIn: page }) => {
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('zzzz-nobody');
  await expect(page.getByRole('heading', { name: 'Eşleşen müşteri yok' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(rowLinks(page).first()).toBeVisible();
  await expect(page).not.toHaveURL(/search=/);
});

test('a header sorts up, down, and not at all', async ({ signedIn: page, api }) => {
  const header = page.getByRole('columnheader', { name: 'Ad', exact: true });
  const first = async (ordering: string) =>
    (await api.get(`customers/?ordering=${ordering}&page_size=1`)).results[0].name;
  await header.getByRole('button', { name: 'Ad', exact: true }).click();
  await expect(header).toHaveAttribute('aria-sort', 'ascending');
  await expect(rowLinks(page).first()).toHaveText(await first('name'));
  await header.getByRole('button', { name: 'Ad', exact: true }).click();
  await expect(header).toHaveAttribute('aria-sort', 'descending');
  await expect(rowLinks(page).first()).toHaveText(await first('-name'));
  await header.getByRole('button', { name: 'Ad', exact: true }).click();
  await expect(header).toHaveAttribute('aria-sort', 'none');
});

test('a filter is built, stands in the address, survives a reload and is removed', async ({ signedIn: page, api }) => {
  const { results } = await api
    .get('customers/?city__is_set=true&page_size=1')
    .catch(() => api.get('customers/?page_size=1'));
  const city = results[0].city;
  const expected = (await api.get(`customers/?city=${encodeURIComponent(city)}&page_size=1&count=exact`)).count;

  await page.getByRole('button', { name: 'Filtre', exact: true }).click();
  await page.getByRole('combobox', { name: 'Alan' }).fill('il');
  await page.getByRole('option', { name: 'İl', exact: true }).click();
  await page.getByRole('combobox', { name: 'Koşul' }).click();
  await page.getByRole('option', { name: 'eşit', exact: true }).click();
  await page.getByRole('textbox', { name: 'Değer' }).fill(city);
  await page.getByRole('button', { name: 'Uygula' }).click();

  await expect(page).toHaveURL(new RegExp(`city=${encodeURIComponent(city).replaceAll('%20', '\\+')}`, 'i'));
  await expect(page.getByRole('heading', { level: 1 })).toContainText(new Intl.NumberFormat('tr-TR').format(expected));
  await page.reload();
  await expect(page.getByRole('button', { name: `İl eşit ${city}` })).toBeVisible();
  await page.getByRole('button', { name: 'İl filtresini kaldır' }).click();
  await expect(page).toHaveURL(/\/customers$/);
});

test('scrolling loads page after page, and only the rows in sight exist', async ({ signedIn: page, api }) => {
  const { count } = await api.get('customers/?page_size=1&count=exact');
  expect(count).toBeGreaterThan(150);
  const table = page.getByRole('table');
  const pages = new Set<string>();
  page.on('response', (response) => {
    if (response.url().includes('cursor=')) pages.add(response.url());
  });
  const scrolledTo = async () => {
    await table.evaluate((element) => element.scrollBy(0, 1500));
    const rows = table.locator('[data-index]');
    return Math.max(...(await rows.evaluateAll((all) => all.map((row) => Number(row.getAttribute('data-index'))))));
  };
  await expect.poll(scrolledTo).toBeGreaterThan(120);
  expect(pages.size).toBeGreaterThan(0);
  expect(await table.getByRole('row').count()).toBeLessThan(80);
});

test('j and k walk the rows, Enter opens', async ({ signedIn: page }) => {
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const second = rowLinks(page).nth(1);
  await expect(second).toBeFocused();
  const name = await second.innerText();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
});

test('a selection is tagged, and the tagging undone', async ({ signedIn: page, api }) => {
  const stamp = `Seçim ${Date.now()}`;
  for (const name of ['Bir', 'İki', 'Üç']) await newCompany(api, `${stamp} ${name}`);
  await page.getByRole('searchbox').fill(stamp);
  await expect(rowLinks(page)).toHaveCount(3);
  await page.getByRole('checkbox', { name: 'Görünen tüm satırları seç' }).check();
  await expect(page.getByText('3 seçildi')).toBeVisible();
  await page.getByRole('button', { name: 'Etiketle', exact: true }).click();
  await page.getByRole('combobox', { name: 'Etiketler' }).fill('fuar');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Etiketle' }).click();
  await expect(page.getByText('3 müşteri değiştirildi.')).toBeVisible();
  await expect(page.getByRole('table').getByText('fuar')).toHaveCount(3);
  await page.getByRole('button', { name: 'Geri al' }).click();
  await expect(page.getByRole('table').getByText('fuar')).toHaveCount(0);
});

test('everything a search finds is selected, deleted, and brought back', async ({ signedIn: page, api }) => {
  const stamp = `Toplu ${Date.now()}`;
  for (const name of ['Bir', 'İki']) await newCompany(api, `${stamp} ${name}`);
  await page.getByRole('searchbox').fill(stamp);
  await expect(rowLinks(page)).toHaveCount(2);
  await page.getByRole('checkbox', { name: `${stamp} Bir kaydını seç` }).check();
  await page.getByRole('button', { name: 'Tümünü seç (2)' }).click();
  await page.getByRole('region', { name: 'Seçim işlemleri' }).getByRole('button', { name: 'Sil' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sil' }).click();
  await expect(page.getByRole('heading', { name: 'Eşleşen müşteri yok' })).toBeVisible();
  await page.getByRole('button', { name: 'Geri al' }).click();
  await expect(rowLinks(page)).toHaveCount(2);
});
