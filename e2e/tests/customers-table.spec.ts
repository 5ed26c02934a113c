import type { Page } from '@playwright/test';
import { type Api, expect, newCompany, rowLinks, test, violations } from '../fixtures';

/** The companies of one test, found by a word of their own. */
async function companies(api: Api, names: string[], more: Record<string, unknown> = {}) {
  const stamp = `Tablo${Date.now()}`;
  const made = [];
  for (const name of names) made.push(await newCompany(api, `${stamp} ${name}`, more));
  return { stamp, made };
}

async function openList(page: Page, query = '') {
  await page.goto(`/customers${query}`);
  await expect(rowLinks(page).first()).toBeVisible();
}

const headers = (page: Page) => page.getByRole('columnheader').locator('xpath=self::*[@data-column]');
const cell = (page: Page, row: number, column: string) =>
  page.getByRole('table').locator(`[data-index="${row}"] [role=cell][data-column="${column}"]`);
const columnMenu = (page: Page, name: string) => page.getByRole('button', { name: `${name} sütunu`, exact: true });

test('columns are hidden, chosen, moved and resized, and stay so', async ({ signedIn: page }) => {
  await openList(page);
  await columnMenu(page, 'E-posta').click();
  await page.getByRole('menuitem', { name: 'Sütunu gizle' }).click();
  await expect(page.getByRole('columnheader', { name: 'E-posta', exact: true })).toHaveCount(0);

  await page.getByRole('button', { name: 'Sütunlar' }).click();
  await page.getByRole('textbox', { name: 'Sütun ara' }).fill('SEKTÖR');
  await page.getByRole('checkbox', { name: 'Sektör' }).check();
  await expect(headers(page).last()).toHaveText('Sektör');
  await page.getByRole('button', { name: 'Sektör sütununu öne al' }).click();
  await expect(headers(page).last()).not.toHaveText('Sektör');
  await expect(page.getByRole('button', { name: 'Sektör sütununu öne al' })).toBeFocused();
  await page.getByText('Sık', { exact: true }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Sütunlar' })).toBeFocused();

  const city = page.getByRole('columnheader', { name: 'İl', exact: true });
  const before = (await city.boundingBox())?.width ?? 0;
  const edge = page.getByRole('separator', { name: 'İl sütununun genişliği' });
  await edge.press('ArrowRight');
  await edge.press('ArrowRight');
  await expect.poll(async () => Math.round((await city.boundingBox())?.width ?? 0)).toBe(Math.round(before) + 32);

  await columnMenu(page, 'İl').click();
  await page.getByRole('menuitem', { name: 'Sola taşı' }).click();
  await expect(headers(page).nth(1)).toHaveText('İl');

  const arranged = await headers(page).allInnerTexts();
  await page.reload();
  await expect(rowLinks(page).first()).toBeVisible();
  expect(await headers(page).allInnerTexts()).toEqual(arranged);
  expect((await page.getByRole('row').nth(2).boundingBox())?.height).toBe(32);
  // How the table looks is nobody's business but this browser's: the link says nothing of it.
  expect(new URL(page.url()).search).toBe('');

  await page.getByRole('button', { name: 'Sütunlar' }).click();
  await page.getByRole('button', { name: 'Düzeni sıfırla' }).click();
  await expect(page.getByRole('columnheader', { name: 'E-posta', exact: true })).toHaveCount(1);
});

test('a column is dragged by its header, and its edge by the pointer', async ({ signedIn: page }) => {
  await openList(page);
  const city = page.getByRole('columnheader', { name: 'İl', exact: true });
  await city.dragTo(page.getByRole('columnheader', { name: 'Ad', exact: true }));
  await expect(headers(page).first()).toHaveText('İl');

  const width = async () => Math.round((await city.boundingBox())?.width ?? 0);
  const before = await width();
  const edge = await page.getByRole('separator', { name: 'İl sütununun genişliği' }).boundingBox();
  if (!edge) throw new Error('no edge');
  await page.mouse.move(edge.x + 4, edge.y + 15);
  await page.mouse.down();
  await page.mouse.move(edge.x + 64, edge.y + 15, { steps: 4 });
  await page.mouse.up();
  await expect.poll(width).toBe(before + 60);
  await expect(headers(page).first()).toHaveText('İl');
});

test('a list is saved as a view, shared by link, changed, given up, renamed, deleted and brought back', async ({
  signedIn: page,
  api,
}) => {
  const name = `İzmirliler ${Date.now()}`;
  await openList(page, '?city=İzmir&ordering=name');
  const found = (await api.get('customers/?city=%C4%B0zmir&page_size=1&count=exact')).count;
  await page.getByRole('button', { name: 'Görünüm', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Yeni görünüm olarak kaydet' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Kaydet' }).click();
  await expect(page.getByRole('dialog').getByRole('textbox', { name: 'Ad' })).toHaveAttribute('aria-invalid', 'true');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Ad' }).fill(name);
  await page.getByRole('radio', { name: 'Herkes' }).check();
  await page.getByRole('dialog').getByRole('button', { name: 'Kaydet' }).click();

  const tabs = page.getByRole('navigation', { name: 'Görünümler' });
  const tab = tabs.getByRole('link', { name });
  await expect(tab).toHaveAttribute('aria-current', 'page');
  await expect(page).toHaveURL(/\?view=\d+$/);
  const link = page.url();
  await expect(page.getByText('Kaydedilmemiş değişiklik')).toHaveCount(0);

  // The link alone is enough.
  await tabs.getByRole('link', { name: 'Tümü' }).click();
  await expect(tab).not.toHaveAttribute('aria-current', 'page');
  await page.goto(link);
  await expect(page.getByRole('button', { name: 'İl eşit İzmir' })).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(String(found));
  await expect(page.getByRole('columnheader', { name: 'Ad', exact: true })).toHaveAttribute('aria-sort', 'ascending');

  // Changed and given up.
  await page.getByRole('button', { name: 'İl filtresini kaldır' }).click();
  await expect(page.getByText('Kaydedilmemiş değişiklik')).toBeVisible();
  await expect(page).toHaveURL(/criteria=none/);
  await page.getByRole('button', { name: 'Vazgeç' }).click();
  await expect(page.getByRole('button', { name: 'İl eşit İzmir' })).toBeVisible();
  await expect(page.getByText('Kaydedilmemiş değişiklik')).toHaveCount(0);

  // Changed and saved: columns belong to the view.
  await columnMenu(page, 'Etiketler').click();
  await page.getByRole('menuitem', { name: 'Sütunu gizle' }).click();
  await expect(page.getByText('Kaydedilmemiş değişiklik')).toBeVisible();
  await page.getByRole('group', { name: 'Kaydedilmemiş değişiklik' }).getByRole('button', { name: 'Kaydet' }).click();
  await expect(page.getByText('Kaydedilmemiş değişiklik')).toHaveCount(0);
  await page.goto(link);
  await expect(rowLinks(page).first()).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'Etiketler', exact: true })).toHaveCount(0);
  await tabs.getByRole('link', { name: 'Tümü' }).click();
  await expect(page.getByRole('columnheader', { name: 'Etiketler', exact: true })).toHaveCount(1);

  await tab.click();
  await page.getByRole('button', { name: 'Görünüm', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Adını ve paylaşımını değiştir' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Ad' }).fill(`${name} yeni`);
  await page.getByRole('dialog').getByRole('button', { name: 'Kaydet' }).click();
  await expect(tabs.getByRole('link', { name: `${name} yeni` })).toBeVisible();

  await page.getByRole('button', { name: 'Görünüm', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Görünümü sil' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sil' }).click();
  await expect(tabs.getByRole('link', { name: `${name} yeni` })).toHaveCount(0);
  await expect(page).toHaveURL(/\/customers$/);
  await page.getByRole('alert').filter({ hasText: 'silindi' }).getByRole('button', { name: 'Geri al' }).click();
  await expect(tabs.getByRole('link', { name: `${name} yeni` })).toBeVisible();
  const { results } = await api.get('views/');
  for (const view of results) await api.send('DELETE', `views/${view.id}/`);
});

test('conditions are grouped, said in words, kept in the address and removed', async ({ signedIn: page, api }) => {
  const criteria = {
    all: [
      { field: 'city', op: 'eq', value: 'İzmir' },
      {
        any: [
          { field: 'customer_type', op: 'eq', value: 'individual' },
          { field: 'annual_revenue', op: 'is_set' },
        ],
      },
    ],
  };
  const expected = (await api.send('POST', 'customers/search/', { criteria, page_size: 1, count: 'exact' })).count;
  expect(expected).toBeGreaterThan(0);

  await openList(page, '?city=İzmir');
  await page.getByRole('button', { name: 'Gelişmiş' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Grup ekle' }).click();
  await expect(dialog.getByText('Koşulları tamamlayın')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Uygula' })).toBeDisabled();
  const inner = dialog.getByRole('group', { name: 'Koşul grubu' }).nth(1);
  await inner.getByRole('combobox', { name: 'Alan' }).fill('tür');
  await page.getByRole('option', { name: 'Müşteri türü' }).click();
  await inner.getByRole('combobox', { name: 'Değer' }).click();
  await page.getByRole('option', { name: 'Birey' }).click();
  await inner.getByRole('button', { name: 'Koşul ekle' }).click();
  const second = inner.getByRole('group', { name: 'Yeni koşul' });
  await second.getByRole('combobox', { name: 'Alan' }).fill('ciro');
  await page.getByRole('option', { name: 'Yıllık ciro' }).click();
  const revenue = inner.getByRole('group', { name: 'Yıllık ciro' });
  await revenue.getByRole('combobox', { name: 'Koşul' }).click();
  await page.getByRole('option', { name: 'dolu', exact: true }).click();

  await expect(dialog.getByText(/il İzmir ve \(.* ya da .*yıllık ciro/i)).toBeVisible();
  await expect(dialog.getByText(`${expected} müşteri`)).toBeVisible();
  await dialog.getByRole('button', { name: 'Uygula' }).click();
  await expect(page).toHaveURL(/criteria=/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(String(expected));

  await page.reload();
  const chip = page.getByRole('button', { name: /il İzmir ve/i });
  await expect(chip).toBeVisible();
  // What the file would not hold is not offered as a file.
  await expect(page.getByRole('link', { name: 'Dışa aktar' })).toHaveCount(0);
  await chip.click();
  await dialog.getByRole('button', { name: 'Grubu kaldır' }).click();
  await dialog.getByRole('button', { name: 'Uygula' }).click();
  await expect(page.getByRole('button', { name: 'İl eşit İzmir' })).toBeVisible();
  await expect(page).not.toHaveURL(/criteria=/);
});

test('a cell is edited in place: saved, undone, left alone, refused', async ({ signedIn: page, api }) => {
  const { stamp, made } = await companies(api, ['Bir', 'İki'], { industry: 'Tekstil' });
  const writes: string[] = [];
  page.on('request', (request) => request.method() === 'PATCH' && writes.push(request.url()));
  await openList(page, `?search=${stamp}&ordering=name`);
  const of = (name: string) => made.find((one) => one.name.endsWith(name)).id;

  await cell(page, 0, 'city').dblclick();
  await page.getByRole('textbox', { name: 'İl' }).fill('Van');
  await page.keyboard.press('Enter');
  await expect(cell(page, 0, 'city')).toHaveText('Van');
  await expect(page.getByText('Kaydedildi.')).toBeVisible();
  await expect(cell(page, 0, 'city')).toBeFocused();
  expect((await api.get(`customers/${of('Bir')}/`)).city).toBe('Van');
  await page.getByRole('button', { name: 'Geri al' }).click();
  await expect(cell(page, 0, 'city')).toHaveText('');
  expect(writes).toHaveLength(1);

  // Escape leaves it as it was; what did not change is not sent.
  await cell(page, 0, 'city').focus();
  await page.keyboard.press('F2');
  await page.getByRole('textbox', { name: 'İl' }).fill('Bursa');
  await page.keyboard.press('Escape');
  await page.keyboard.press('e');
  await page.getByRole('textbox', { name: 'İl' }).press('Enter');
  await expect(page.getByRole('textbox', { name: 'İl' })).toHaveCount(0);
  expect(writes).toHaveLength(1);

  // Tab saves and goes on; a refusal stays in its cell with what was typed.
  await page.keyboard.press('e');
  await page.getByRole('textbox', { name: 'İl' }).fill('Bursa');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('textbox', { name: 'Telefon' })).toBeFocused();
  await expect(cell(page, 0, 'city')).toHaveText('Bursa');
  await page.keyboard.press('Tab');
  await page.getByRole('textbox', { name: 'E-posta' }).fill('bozuk@@adres');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'E-posta' })).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByRole('textbox', { name: 'E-posta' })).toHaveValue('bozuk@@adres');
  await page.getByRole('textbox', { name: 'E-posta' }).fill('dogru@ornek.example');
  await page.keyboard.press('Enter');
  await expect(cell(page, 0, 'primary_email')).toContainText('dogru@ornek.example');
  // The screen is ahead of the server.
  await expect.poll(async () => (await api.get(`customers/${of('Bir')}/`)).primary_email).toBe('dogru@ornek.example');
  expect((await api.get(`customers/${of('İki')}/`)).city).toBe('');
});

test('who edits what another has changed meanwhile is asked', async ({ signedIn: page, api }) => {
  const { stamp, made } = await companies(api, ['Ortak'], { city: 'Van' });
  await page.route('**/events/stream/', (route) => route.abort());
  await openList(page, `?search=${stamp}`);
  await api.send('PATCH', `customers/${made[0].id}/`, { city: 'Muş' });
  await cell(page, 0, 'city').dblclick();
  await page.getByRole('textbox', { name: 'İl' }).fill('Bursa');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Aynı anda başkası da değiştirdi' });
  await expect(dialog.getByText('Onunki: Muş')).toBeVisible();
  await dialog.getByRole('button', { name: 'Seçilenleri kaydet' }).click();
  await expect(cell(page, 0, 'city')).toHaveText('Bursa');
  expect((await api.get(`customers/${made[0].id}/`)).city).toBe('Bursa');
});

test('a customer is read beside the list, one after the other, and edited there', async ({ signedIn: page, api }) => {
  const { stamp, made } = await companies(api, ['A', 'B', 'C'], { industry: 'Tekstil' });
  await openList(page, `?search=${stamp}&ordering=name`);
  const panel = page.getByRole('complementary', { name: 'Seçili müşteri' });
  await page.keyboard.press('j');
  await expect(rowLinks(page).first()).toBeFocused();
  await page.keyboard.press(' ');
  await expect(panel.getByRole('heading', { level: 2 })).toHaveText(`${stamp} A`);
  await expect(page).toHaveURL(/peek=\d+/);
  await expect(panel).toBeFocused();
  await expect(panel.getByRole('button', { name: 'Önceki müşteri' })).toBeDisabled();
  await page.keyboard.press('j');
  await expect(panel.getByRole('heading', { level: 2 })).toHaveText(`${stamp} B`);
  await panel.getByRole('button', { name: 'Sonraki müşteri' }).click();
  await expect(panel.getByRole('heading', { level: 2 })).toHaveText(`${stamp} C`);
  await expect(panel.getByRole('button', { name: 'Sonraki müşteri' })).toBeDisabled();

  // The link shows the same.
  await page.reload();
  await expect(panel.getByRole('heading', { level: 2 })).toHaveText(`${stamp} C`);
  await panel.getByTitle('Sektör alanını düzenle').click();
  await panel.getByRole('textbox', { name: 'Sektör' }).fill('Gıda');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Kaydedildi.')).toBeVisible();
  const last = made.find((one) => one.name.endsWith('C'));
  expect((await api.get(`customers/${last.id}/`)).industry).toBe('Gıda');

  await panel.getByRole('button', { name: 'Kapat' }).click();
  await expect(panel).toHaveCount(0);
  await expect(page).not.toHaveURL(/peek=/);
  await expect(rowLinks(page).nth(2)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${stamp} C`);
});

test('many are edited, tagged, untagged and deactivated at once, also all that is found', async ({
  signedIn: page,
  api,
}) => {
  const { stamp, made } = await companies(api, ['Bir', 'İki', 'Üç']);
  const all = () => Promise.all(made.map(({ id }) => api.get(`customers/${id}/`)));
  await openList(page, `?search=${stamp}`);
  const bar = page.getByRole('region', { name: 'Seçim işlemleri' });
  const selectAll = async () => {
    await page.getByRole('checkbox', { name: `${stamp} Bir kaydını seç` }).check();
    await page.getByRole('button', { name: 'Tümünü seç (3)' }).click();
  };

  await selectAll();
  await bar.getByRole('button', { name: 'Alan düzenle' }).click();
  const editor = page.getByRole('dialog', { name: 'Alan düzenle' });
  await editor.getByRole('combobox', { name: 'Alan' }).fill('SEKTÖR');
  await page.getByRole('option', { name: 'Sektör' }).click();
  await editor.getByRole('textbox', { name: 'Değer' }).fill('Gıda');
  await editor.getByRole('button', { name: 'Kaydet' }).click();
  await expect(page.getByText('3 müşteri değiştirildi.')).toBeVisible();
  expect((await all()).map(({ industry }) => industry)).toEqual(['Gıda', 'Gıda', 'Gıda']);
  await page.getByRole('button', { name: 'Geri al' }).click();
  await expect(page.getByText('Geri alındı.')).toBeVisible();
  expect((await all()).map(({ industry }) => industry)).toEqual(['', '', '']);

  const { results: users } = await api.get('users/?page_size=5');
  await selectAll();
  await bar.getByRole('button', { name: 'Sorumlu ata' }).click();
  const owner = page.getByRole('dialog', { name: 'Sorumlu ata' });
  await owner.getByRole('combobox', { name: 'Değer' }).fill(users[1].name);
  await page.getByRole('option', { name: users[1].name }).click();
  await owner.getByRole('button', { name: 'Kaydet' }).click();
  await expect(bar).toHaveCount(0);
  expect((await all()).map(({ owner_id }) => owner_id)).toEqual([users[1].id, users[1].id, users[1].id]);

  await selectAll();
  await bar.getByRole('button', { name: 'Diğer işlemler' }).click();
  await page.getByRole('menuitem', { name: 'Devre dışı bırak' }).click();
  await expect(bar).toHaveCount(0);
  expect((await all()).map(({ is_active }) => is_active)).toEqual([false, false, false]);

  for (const [button, tags] of [
    ['Etiketle', ['fuar']],
    ['Etiket kaldır', []],
  ] as const) {
    await selectAll();
    await bar.getByRole('button', { name: button, exact: true }).click();
    await page.getByRole('combobox', { name: 'Etiketler' }).fill('fuar');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: button }).getByRole('button', { name: button, exact: true }).click();
    await expect(bar).toHaveCount(0);
    expect((await all()).map((one) => one.tags)).toEqual([tags, tags, tags]);
  }
});

test('figures stand below the columns, over all that is found', async ({ signedIn: page, api }) => {
  const { stamp, made } = await companies(api, ['Bir', 'İki', 'Üç'], { annual_revenue: '1500.50', currency: 'TRY' });
  await openList(page, `?search=${stamp}&ordering=name`);
  const foot = page.getByRole('table').getByRole('button', { name: 'Yıllık ciro: hesapla' });
  await foot.click();
  await page.getByRole('menuitem', { name: 'Toplam' }).click();
  const sum = page.getByRole('table').getByRole('button', { name: /^Toplam/ });
  await expect(sum).toContainText('4.501,5');
  await cell(page, 0, 'annual_revenue').dblclick();
  await page.getByRole('textbox', { name: 'Yıllık ciro' }).fill('500,50');
  await page.keyboard.press('Enter');
  await expect(sum).toContainText('3.501,5');
  await api.send('DELETE', `customers/${made[2].id}/`);
  await page.reload();
  await expect(sum).toContainText('2.001');
  await sum.click();
  await page.getByRole('menuitem', { name: 'Hesaplama' }).click();
  await expect(foot).toBeVisible();
});

const screens: Record<string, (page: Page, api: Api) => Promise<void>> = {
  'columns being chosen': async (page) => {
    await openList(page);
    await page.getByRole('button', { name: 'Sütunlar' }).click();
    await expect(page.getByRole('textbox', { name: 'Sütun ara' })).toBeVisible();
  },
  'conditions being grouped': async (page) => {
    await openList(page, '?city=İzmir');
    await page.getByRole('button', { name: 'Gelişmiş' }).click();
    await page.getByRole('button', { name: 'Grup ekle' }).click();
    await expect(page.getByRole('group', { name: 'Koşul grubu' })).toHaveCount(2);
  },
  'a customer beside the list': async (page) => {
    await openList(page);
    await page.keyboard.press('j');
    await page.keyboard.press(' ');
    await expect(
      page.getByRole('complementary', { name: 'Seçili müşteri' }).getByRole('heading', { level: 2 }),
    ).toBeVisible();
  },
  'figures below the columns': async (page) => {
    await openList(page);
    await page.getByRole('button', { name: 'İl: hesapla' }).click();
    await page.getByRole('menuitem', { name: 'Farklı' }).click();
    await expect(page.getByRole('button', { name: /^Farklı \d/ })).toBeVisible();
  },
  'a cell being edited': async (page) => {
    await openList(page);
    await cell(page, 1, 'city').dblclick();
    await expect(page.getByRole('textbox', { name: 'İl' })).toBeVisible();
  },
  'a view with unsaved changes': async (page, api) => {
    const view = await api.send('POST', 'views/', { name: `Erişim ${Date.now()}`, columns: ['name', 'city'] });
    await openList(page, `?view=${view.id}&ordering=name`);
    await expect(page.getByText('Kaydedilmemiş değişiklik')).toBeVisible();
  },
  'many being edited': async (page) => {
    await openList(page);
    await page.getByRole('checkbox').nth(1).check();
    await page.getByRole('button', { name: 'Alan düzenle' }).click();
    await expect(page.getByRole('dialog', { name: 'Alan düzenle' })).toBeVisible();
  },
};

for (const theme of ['light', 'dark'] as const) {
  test.describe(theme, () => {
    test.use({ me: { locale: 'tr', theme } });
    for (const [name, open] of Object.entries(screens)) {
      test(`axe: ${name}`, async ({ signedIn: page, api }) => {
        await page.emulateMedia({ reducedMotion: 'reduce' });
        await open(page, api);
        expect(await violations(page)).toEqual([]);
      });
    }
  });
}

test('nothing is wider than a phone', async ({ signedIn: page, api }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const { made } = await companies(api, ['Dar']);
  const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await openList(page, '?city=İzmir&ordering=name');
  await fits();
  await page.getByRole('button', { name: 'Gelişmiş' }).click();
  await page.getByRole('button', { name: 'Grup ekle' }).click();
  await fits();
  await page.goto(`/customers?peek=${made[0].id}`);
  await expect(
    page.getByRole('complementary', { name: 'Seçili müşteri' }).getByRole('heading', { level: 2 }),
  ).toBeVisible();
  await fits();
});
