import { expect, rowLinks, test } from '../fixtures';

test('a file is mapped, tried, imported, and the import undone', async ({ signedIn: page, api }) => {
  const stamp = Date.now();
  const rows = [1, 2, 3].map((n) => `İçe Aktarım ${stamp} ${n};bilgi${n}-${stamp}@ornek.com.tr;İzmir`);
  const csv = ['Firma adı;E-posta;İl', ...rows, `Hatalı ${stamp};adres değil;İzmir`].join('\r\n');
  await page.goto('/customers/import');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'musteriler.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });

  await expect(page).toHaveURL(/\/customers\/import\?id=\d+/);
  await expect(page.getByRole('combobox', { name: 'Firma adı sütununun alanı' })).toHaveValue('Firma adı');
  await expect(page.getByRole('combobox', { name: 'E-posta sütununun alanı' })).toHaveValue('E-posta');
  await expect(page.getByRole('cell', { name: new RegExp(`İçe Aktarım ${stamp} 1`) })).toBeVisible();

  const count = (name: string) => page.locator('dl > div', { hasText: name }).locator('dd');
  await page.getByRole('button', { name: 'Dene' }).click();
  await expect(count('Yeni')).toHaveText('3');
  await expect(count('Hatalı')).toHaveText('1');
  expect((await api.get(`customers/?search=${stamp}&page_size=1&count=exact`)).count).toBe(0);

  await page.getByRole('button', { name: 'İçe aktar', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'İçe aktarıldı' })).toBeVisible({ timeout: 20_000 });
  await expect(count('Yeni')).toHaveText('3');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Hatalı satırları indir' }).click();
  await download;

  await page.getByRole('link', { name: 'Müşterilere git' }).click();
  await page.getByRole('searchbox').fill(String(stamp));
  await expect(rowLinks(page)).toHaveCount(3);

  await page.goBack();
  await page.getByRole('button', { name: 'İçe aktarmayı geri al' }).click();
  await expect(page.getByText('Geri alındı.')).toBeVisible();
  await expect.poll(async () => (await api.get(`customers/?search=${stamp}&page_size=1&count=exact`)).count).toBe(0);
});
