import type { Page } from '@playwright/test';
import { type Api, expect, rowLinks, test, violations } from '../fixtures';

const upload = (page: Page, name: string, content: string | Buffer) =>
  page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) });
const count = (page: Page, name: string) =>
  page
    .locator('dl > div')
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator('dd');
const known = async (api: Api, search: string | number) =>
  (await api.get(`customers/?search=${search}&page_size=1&count=exact`)).count;

/** A file with two wrong cells in a row, and a row without a name; checked. */
async function checkWrongFile(page: Page, stamp: number | string) {
  const rows = [
    `Doğru ${stamp};dogru-${stamp}@ornek.com.tr;10`,
    `Yanlış ${stamp};adres değil;iki`,
    ';kimsesiz@ornek.com.tr;',
  ];
  await page.goto('/import');
  await upload(page, `hatali-${stamp}.csv`, ['Firma adı;E-posta;Ciro', ...rows].join('\r\n'));
  await page.getByRole('button', { name: 'Dene' }).click();
  await expect(count(page, 'Hatalı')).toHaveText('2');
}

test('a file is mapped, tried, imported, and the import undone', async ({ signedIn: page, api }) => {
  const stamp = Date.now();
  const rows = [1, 2, 3].map((n) => `İçe Aktarım ${stamp} ${n};bilgi${n}-${stamp}@ornek.com.tr;İzmir`);
  const csv = ['Firma adı;E-posta;İl', ...rows, `Hatalı ${stamp};adres değil;İzmir`].join('\r\n');
  await page.goto('/import');
  await upload(page, 'musteriler.csv', csv);

  await expect(page).toHaveURL(/\/import\?id=\d+&step=mapping/);
  await expect(page.getByRole('combobox', { name: 'Firma adı sütununun alanı' })).toHaveValue('Firma adı');
  await expect(page.getByRole('combobox', { name: 'E-posta sütununun alanı' })).toHaveValue('E-posta');
  await expect(page.getByRole('cell', { name: new RegExp(`İçe Aktarım ${stamp} 1`) })).toBeVisible();

  await page.getByRole('button', { name: 'Dene' }).click();
  await expect(page).toHaveURL(/step=check/);
  await expect(count(page, 'Yeni')).toHaveText('3');
  await expect(count(page, 'Hatalı')).toHaveText('1');
  expect(await known(api, stamp)).toBe(0);

  await page.getByRole('button', { name: 'İçe aktar', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'İçe aktarıldı' })).toBeVisible({ timeout: 20_000 });
  await expect(count(page, 'Yeni')).toHaveText('3');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Hatalı satırları indir' }).click();
  await download;

  await page.getByRole('link', { name: 'Listeye git' }).click();
  await page.getByRole('searchbox').fill(String(stamp));
  await expect(rowLinks(page)).toHaveCount(3);

  await page.goBack();
  await page.getByRole('button', { name: 'İçe aktarmayı geri al' }).click();
  await expect(page.getByText('Geri alındı.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Geri alındı' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'İçe aktarmayı geri al' })).toHaveCount(0);
  await expect.poll(() => known(api, stamp)).toBe(0);
});

test('what was guessed is changed, and the way back keeps it', async ({ signedIn: page }) => {
  await page.goto('/import');
  await upload(page, 'karisik.csv', 'Firma adı,E-posta;x\nA,a@ornek.com;1\n');
  await page.getByRole('link', { name: 'Dosya yanlış mı okundu?' }).click();
  await expect(page).toHaveURL(/step=file/);
  await page.getByRole('combobox', { name: 'Ayırıcı' }).click();
  await page.getByRole('option', { name: 'Noktalı virgül (;)' }).click();
  await expect(page.getByRole('columnheader', { name: 'Firma adı,E-posta' })).toBeVisible();
  await page.getByRole('combobox', { name: 'Ayırıcı' }).click();
  await page.getByRole('option', { name: 'Virgül (,)', exact: true }).click();
  await expect(page.getByRole('columnheader', { name: 'Firma adı', exact: true })).toBeVisible();

  await page.getByRole('button', { name: 'Eşlemeye geç' }).click();
  const field = page.getByRole('combobox', { name: 'E-posta;x sütununun alanı' });
  await expect(field).toHaveValue('E-posta');
  await field.fill('sektör');
  await page.getByRole('option', { name: 'Sektör', exact: true }).click();
  await expect(field).toHaveValue('Sektör');
  await page.goBack();
  await expect(page.getByRole('combobox', { name: 'Ayırıcı' })).toHaveValue('Virgül (,)');
  await page.goForward();
  await page.reload();
  await expect(field).toHaveValue('Sektör');
});

test('wrong cells are put right in place, and the check is made anew', async ({ signedIn: page, api }) => {
  const stamp = Date.now();
  await checkWrongFile(page, stamp);
  const email = page.getByRole('textbox', { name: '3. satır, E-posta' });
  await expect(email).toHaveValue('adres değil');
  await expect(email).toHaveAccessibleDescription(/@/);
  await email.fill(`yanlis-${stamp}@ornek.com.tr`);
  await email.press('Enter');
  await page.getByRole('textbox', { name: '3. satır, Ciro' }).fill('20');
  await page.getByRole('textbox', { name: '3. satır, Ciro' }).press('Tab');
  await page.getByRole('button', { name: '4. satırı atla' }).click();
  await expect(page.getByText('Bu satır atlanacak')).toBeVisible();

  // The counts are those of the check before, and say so; also after coming back.
  await expect(page.getByText('Düzeltmeleriniz bu sayılarda yok')).toBeVisible();
  await expect(count(page, 'Hatalı')).toHaveText('2');
  await page.reload();
  await expect(page.getByText('Düzeltmeleriniz bu sayılarda yok')).toBeVisible();
  await expect(email).toHaveValue(`yanlis-${stamp}@ornek.com.tr`);

  await page.getByRole('button', { name: 'Yeniden dene' }).click();
  await expect(count(page, 'Hatalı')).toHaveText('0');
  await expect(count(page, 'Yeni')).toHaveText('2');
  await expect(page.getByText('Düzeltmeleriniz bu sayılarda yok')).toHaveCount(0);
  expect(await known(api, stamp)).toBe(0);

  await page.getByRole('button', { name: 'İçe aktar', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'İçe aktarıldı' })).toBeVisible({ timeout: 20_000 });
  expect(await known(api, `yanlis-${stamp}`)).toBe(1);
  expect(await known(api, 'kimsesiz')).toBe(0);
});

test('likely duplicates are shown, and left out when one says so', async ({ signedIn: page, api }) => {
  const stamp = String(Date.now()).slice(-7);
  const letters = [...stamp].map((digit) => 'abcdefghij'[Number(digit)]).join('');
  const [name, phone] = [`Olasan${letters}`, `0532${stamp}`];
  const body = { first_name: 'Ayşe', last_name: name, primary_phone: phone, birth_date: '1990-02-01' };
  const there = await api.send('POST', 'customers/', { customer_type: 'individual', ...body });
  await page.goto('/import');
  const rows = [`Ayşe;${name};${phone};01.02.1990`, `Başka;Bambaşka${letters};;05.06.1971`];
  await upload(page, 'olasi.csv', ['Ad;Soyad;Cep telefonu;Doğum tarihi', ...rows].join('\n'));
  // Who is there is noted a moment after it was written.
  await expect(async () => {
    await page.getByRole('button', { name: /^(Dene|Yeniden dene)$/ }).click();
    await expect(count(page, 'Olası yinelenen')).toHaveText('1', { timeout: 2_000 });
  }).toPass();
  await expect(count(page, 'Yeni')).toHaveText('2');
  const link = page.getByRole('link', { name: `Ayşe ${name}` });
  await expect(link).toHaveAttribute('href', `/customers/${there.id}`);
  await expect(link).toHaveAttribute('target', '_blank');

  await page.getByText('Atlansın', { exact: true }).click();
  await expect(count(page, 'Yeni')).toHaveText('1');
  await page.getByRole('button', { name: 'İçe aktar', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'İçe aktarıldı' })).toBeVisible({ timeout: 20_000 });
  expect(await known(api, name)).toBe(1);
  expect(await known(api, `Bambaşka${letters}`)).toBe(1);
});

test('a mapping is saved, used for the next file, and deleted', async ({ signedIn: page }) => {
  const name = `Eşleme ${Date.now()}`;
  await page.goto('/import');
  await upload(page, 'bir.csv', 'Ünvanı;Web\nA;a.com\n');
  const field = page.getByRole('combobox', { name: 'Ünvanı sütununun alanı' });
  await field.fill('sektör');
  await page.getByRole('option', { name: 'Sektör', exact: true }).click();
  await expect(field).toHaveValue('Sektör');
  const saved = page.getByRole('button', { name: 'Kayıtlı eşlemeler' });
  await saved.click();
  await page.getByRole('textbox', { name: 'Bu eşlemenin adı' }).fill(name);
  await page.getByRole('button', { name: 'Eşlemeyi kaydet' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await page.getByRole('link', { name: 'Başka dosya' }).click();
  await upload(page, 'iki.csv', 'Ünvanı;Başka\nB;b\n');
  await saved.click();
  await page.getByRole('button', { name, exact: true }).click();
  await expect(field).toHaveValue('Sektör');

  await saved.click();
  await page.getByRole('button', { name: `${name} eşlemesini sil` }).click();
  await page.getByRole('button', { name: 'Sil', exact: true }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await saved.click();
  await expect(page.getByRole('button', { name, exact: true })).toHaveCount(0);
});

test('a long import is paused, left, found again and resumed', async ({ signedIn: page, api }) => {
  const stamp = Date.now();
  const rows = Array.from({ length: 20_000 }, (_, n) => `Uzun ${stamp} ${n};uzun${n}-${stamp}@ornek.com.tr`);
  await page.goto('/import');
  await upload(page, `uzun-${stamp}.csv`, ['Firma adı;E-posta', ...rows].join('\n'));
  await page.getByRole('link', { name: 'Deneme' }).click();
  await page.getByRole('button', { name: 'İçe aktar', exact: true }).click();
  await expect(page).toHaveURL(/step=run/);
  await page.getByRole('button', { name: 'Duraklat' }).click();
  await expect(page.getByRole('heading', { name: 'Duraklatıldı' })).toBeVisible();
  expect(await known(api, stamp)).toBeLessThan(20_000);

  await page.goto('/import');
  const row = page.getByRole('row').filter({ hasText: `uzun-${stamp}.csv` });
  await expect(row.getByText('Duraklatıldı')).toBeVisible();
  await row.getByRole('link').click();
  await page.getByRole('button', { name: 'Sürdür' }).click();
  await expect(page.getByText(/^saniyede .* satır$/)).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('heading', { name: 'İçe aktarıldı' })).toBeVisible({ timeout: 40_000 });
  await expect(count(page, 'Yeni')).toHaveText('20.000');
});

test('a running import is stopped, and what it wrote can be undone', async ({ signedIn: page, api }) => {
  const stamp = Date.now();
  // So many that nobody is too slow to stop it.
  const rows = Array.from({ length: 80_000 }, (_, n) => `Yarım ${stamp} ${n}`);
  await page.goto('/import');
  await upload(page, `yarim-${stamp}.csv`, ['Firma adı', ...rows].join('\n'));
  await page.getByRole('link', { name: 'Deneme' }).click();
  await page.getByRole('button', { name: 'İçe aktar', exact: true }).click();
  await expect(count(page, 'Yeni')).not.toHaveText('0');
  await page.getByRole('button', { name: 'Durdur' }).click();
  await page.getByRole('button', { name: 'İçe aktarmayı durdur' }).click();
  await expect(page.getByRole('heading', { name: 'Durdu' })).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('Vazgeçildi.');
  expect(await known(api, stamp)).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'İçe aktarmayı geri al' }).click();
  await expect.poll(() => known(api, stamp), { timeout: 30_000 }).toBe(0);
});

test('an import is undone from the list of earlier ones', async ({ signedIn: page, api }) => {
  const stamp = Date.now();
  await page.goto('/import');
  await upload(page, `liste-${stamp}.csv`, `Firma adı\nListeden ${stamp}\n`);
  await page.getByRole('button', { name: 'Dene' }).click();
  await page.getByRole('button', { name: 'İçe aktar', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'İçe aktarıldı' })).toBeVisible({ timeout: 20_000 });
  await page.getByRole('link', { name: 'Başka dosya' }).click();
  await page.getByRole('button', { name: `liste-${stamp}.csv içe aktarmasını geri al` }).click();
  const row = page.getByRole('row').filter({ hasText: `liste-${stamp}.csv` });
  await expect(row.getByText('Geri alındı')).toBeVisible();
  await expect(row.getByRole('button')).toHaveCount(0);
  await expect.poll(() => known(api, stamp)).toBe(0);
});

test('a file that cannot be read is refused in the words of the server', async ({ signedIn: page, api }) => {
  const before = (await api.get('imports/')).count;
  await page.goto('/import');
  await upload(page, 'resim.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1, 2, 3, 0, 255, 254, 0, 7]));
  await expect(page.getByRole('alert')).toContainText('CSV ya da XLSX dosyası bekleniyordu');
  await expect(page).toHaveURL(/\/import$/);
  expect((await api.get('imports/')).count).toBe(before);
});

const screens: Record<string, (page: Page) => Promise<void>> = {
  start: async (page) => {
    await page.goto('/import');
    await expect(page.getByRole('table', { name: 'Önceki içe aktarmalar' }).getByRole('link').first()).toBeVisible();
  },
  file: async (page) => {
    await page.goto('/import');
    await upload(page, 'a.csv', 'Firma adı;E-posta;Bir sütun;Öteki sütun;Uzun bir sütun\nA;a@b.co;1;2;3\n');
    await page.getByRole('link', { name: 'Dosya', exact: true }).click();
    await expect(page.getByRole('combobox', { name: 'Ayırıcı' })).toBeVisible();
  },
  mapping: async (page) => {
    await page.goto('/import');
    await upload(page, 'a.csv', 'Firma adı;E-posta\nA;a@b.co\n');
    await expect(page.getByRole('combobox', { name: 'Firma adı sütununun alanı' })).toHaveValue('Firma adı');
  },
  check: async (page) => {
    await checkWrongFile(page, 'axe');
    await page.getByRole('textbox', { name: '3. satır, Ciro' }).fill('20');
    await page.getByRole('textbox', { name: '3. satır, Ciro' }).press('Enter');
    await expect(page.getByText('Düzeltmeleriniz bu sayılarda yok')).toBeVisible();
  },
  run: async (page) => {
    await page.goto('/import?id=1');
    await expect(page.getByRole('button', { name: 'İçe aktarmayı geri al' })).toBeVisible();
  },
};

for (const theme of ['light', 'dark'] as const) {
  test.describe(theme, () => {
    test.use({ me: { locale: 'tr', theme } });
    for (const [name, open] of Object.entries(screens)) {
      test(`${name}: axe finds nothing, a phone needs no scrolling aside`, async ({ signedIn: page }) => {
        await page.emulateMedia({ reducedMotion: 'reduce' });
        await open(page);
        expect(await violations(page)).toEqual([]);
        await page.setViewportSize({ width: 390, height: 844 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
        expect(await page.locator('main').evaluate((main) => main.scrollWidth)).toBeLessThanOrEqual(390);
      });
    }
  });
}
