import { expect, newCompany, test, violations } from '../fixtures';

test('a mail is logged on the page of a customer, found in the log, set right and undone', async ({
  signedIn: page,
  api,
}) => {
  const stamp = Date.now();
  const customer = await newCompany(api, `İletişim ${stamp} A.Ş.`);
  await page.goto(`/customers/${customer.id}`);
  const panel = page.getByRole('region', { name: 'Son iletişim' });
  await expect(panel.getByText('Henüz bir iletişim kaydı yok.')).toBeVisible();
  await panel.getByRole('button', { name: 'İletişim kaydet' }).click();
  const drawer = page.getByRole('dialog', { name: 'İletişim kaydet' });
  // Without a word nothing is kept, and the field says so.
  await drawer.getByRole('button', { name: 'Kaydet' }).click();
  await expect(drawer.getByText('Konu ya da içerik yazılmalı.')).toBeVisible();
  await drawer.getByRole('textbox', { name: 'Konu' }).fill(`Şikâyet ${stamp}`);
  await drawer.getByRole('textbox', { name: 'İçerik' }).fill('Ürünler geç geldi.');
  await drawer.getByRole('button', { name: 'Kaydet' }).click();
  await expect(page.getByText(`Şikâyet ${stamp} kaydedildi.`)).toBeVisible();
  await panel.getByRole('link', { name: `Şikâyet ${stamp}` }).click();
  await expect(page.getByRole('heading', { name: `Şikâyet ${stamp}` })).toBeVisible();
  expect(await violations(page)).toEqual([]);

  await page.goto(`/communications?search=sikayet ${stamp}`);
  await expect(page.getByRole('table').getByRole('link', { name: `Şikâyet ${stamp}` })).toBeVisible();
  const [logged] = (await api.get(`communications/?customer=${customer.id}`)).results;
  expect(logged).toMatchObject({ direction: 'inbound', status: 'received', content: 'Ürünler geç geldi.' });
  expect(await violations(page)).toEqual([]);
});
