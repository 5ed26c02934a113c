import { expect, newCompany, test } from '../fixtures';

test('a customer is created, after the server has said what is wrong', async ({ signedIn: page }) => {
  const name = `Yeni Çözüm ${Date.now()}`;
  await page.goto('/customers');
  await page.getByRole('button', { name: 'Yeni müşteri' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Firma adı').fill(name);
  await dialog.getByLabel('Vergi numarası').fill('123');
  await dialog.getByRole('button', { name: 'Oluştur', exact: true }).click();
  await expect(dialog.getByLabel('Vergi numarası')).toHaveAttribute('aria-invalid', 'true');
  await expect(dialog.getByLabel('Vergi numarası')).toBeFocused();

  await dialog.getByLabel('Vergi numarası').fill('');
  await dialog.getByRole('button', { name: 'Oluştur', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  await expect(page).toHaveURL(/\/customers\/\d+$/);
});

test('a fact is edited in place, stays after a reload, and is undone', async ({ signedIn: page, api }) => {
  const customer = await newCompany(api, `Düzenleme ${Date.now()}`, { industry: 'Tekstil' });
  await page.goto(`/customers/${customer.id}`);
  const industry = page.getByTitle('Sektör alanını düzenle');
  await industry.click();
  await page.getByRole('textbox', { name: 'Sektör' }).fill('Gıda');
  await page.keyboard.press('Enter');
  await expect(industry).toHaveText('Gıda');
  await expect(page.getByText('Kaydedildi.')).toBeVisible();
  await expect(page.getByText('Tekstil')).toBeVisible();

  await page.reload();
  await expect(industry).toHaveText('Gıda');

  await industry.click();
  await page.getByRole('textbox', { name: 'Sektör' }).fill('Sağlık');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Geri al' }).click();
  await expect(page.getByText('Geri alındı.')).toBeVisible();
  await expect(industry).toHaveText('Gıda');
  expect((await api.get(`customers/${customer.id}/`)).industry).toBe('Gıda');
});

test('a refused value stays in the field with what is wrong, and nothing is saved', async ({ signedIn: page, api }) => {
  const customer = await newCompany(api, `Hata ${Date.now()}`, { primary_email: 'bilgi@ornek.com.tr' });
  await page.goto(`/customers/${customer.id}`);
  await page.getByTitle('E-posta alanını düzenle').first().click();
  const input = page.getByRole('textbox', { name: 'E-posta' });
  await input.fill('adres değil');
  await page.keyboard.press('Enter');
  await expect(input).toHaveAttribute('aria-invalid', 'true');
  await expect(input).toHaveValue('adres değil');
  await page.keyboard.press('Escape');
  await expect(page.getByTitle('E-posta alanını düzenle').first()).toHaveText('bilgi@ornek.com.tr');
  expect((await api.get(`customers/${customer.id}/`)).primary_email).toBe('bilgi@ornek.com.tr');
});

test('money is written and read as each language does', async ({ signedIn: page, api }) => {
  const customer = await newCompany(api, `Para ${Date.now()}`, { annual_revenue: '1000.00' });
  await page.goto(`/customers/${customer.id}`);
  const revenue = page.getByTitle('Yıllık ciro alanını düzenle');
  await expect(revenue).toHaveText('₺1.000');
  await revenue.click();
  await page.getByRole('textbox', { name: 'Yıllık ciro' }).fill('1234567,5');
  await page.keyboard.press('Enter');
  await expect(revenue).toHaveText('₺1.234.567,50');
  await expect.poll(async () => (await api.get(`customers/${customer.id}/`)).annual_revenue).toBe('1234567.50');
});

test('who changed the same field meanwhile is asked about', async ({ signedIn: page, api }) => {
  const customer = await newCompany(api, `Çatışma ${Date.now()}`, { industry: 'Tekstil' });
  // Without the stream the page does not learn of the other's change.
  await page.route('**/events/stream/', (route) => route.abort());
  await page.goto(`/customers/${customer.id}`);
  const industry = page.getByTitle('Sektör alanını düzenle');
  await expect(industry).toHaveText('Tekstil');
  await api.send('PATCH', `customers/${customer.id}/`, { industry: 'Gıda' });

  await industry.click();
  await page.getByRole('textbox', { name: 'Sektör' }).fill('Sağlık');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Aynı anda başkası da değiştirdi' });
  await expect(dialog.getByLabel('Onunki: Gıda')).toBeVisible();
  await dialog.getByLabel('Sizinki: Sağlık').check();
  await dialog.getByRole('button', { name: 'Seçilenleri kaydet' }).click();
  await expect(industry).toHaveText('Sağlık');
});

test('what others change appears by itself', async ({ signedIn: page, api }) => {
  const customer = await newCompany(api, `Canlı ${Date.now()}`, { industry: 'Tekstil' });
  await page.goto(`/customers/${customer.id}`);
  const industry = page.getByTitle('Sektör alanını düzenle');
  await expect(industry).toHaveText('Tekstil');
  await api.send('PATCH', `customers/${customer.id}/`, { industry: 'Lojistik' });
  await expect(industry).toHaveText('Lojistik');
});

test('contact points, addresses and consents are added', async ({ signedIn: page, api }) => {
  const customer = await newCompany(api, `Bölümler ${Date.now()}`);
  await page.goto(`/customers/${customer.id}`);

  await page.getByRole('button', { name: 'İletişim kanalları: ekle' }).click();
  await page.getByRole('textbox', { name: 'Değer' }).fill('0532 123 45 67');
  await page.getByRole('button', { name: 'Kaydet', exact: true }).click();
  await expect(page.getByRole('region', { name: 'İletişim kanalları' }).getByRole('link')).toHaveAttribute(
    'href',
    /^tel:\+90/,
  );

  await page.getByRole('button', { name: 'Adresler: ekle' }).click();
  await page.getByLabel('Cadde, sokak, no').fill('Bağdat Cad. 12');
  await page.getByRole('combobox', { name: 'İl', exact: true }).fill('istanbul');
  await page.getByRole('button', { name: 'Kaydet', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Adresler' })).toContainText('İstanbul');

  await page.getByRole('button', { name: 'İzinler: ekle' }).click();
  await page.getByLabel('Kanıt').fill('Fuar formu 12');
  await page.getByRole('button', { name: 'Kaydet', exact: true }).click();
  await expect(page.getByRole('region', { name: 'İzinler' })).toContainText('verildi');
});

test('a customer is deleted and brought back', async ({ signedIn: page, api }) => {
  const name = `Silinecek ${Date.now()}`;
  const customer = await newCompany(api, name);
  await page.goto(`/customers/${customer.id}`);
  await page.getByRole('button', { name: 'Diğer işlemler' }).click();
  await page.getByRole('menuitem', { name: 'Sil' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sil' }).click();
  await expect(page.getByText(`${name} silindi.`)).toBeVisible();
  await page.getByRole('button', { name: 'Geri al' }).click();
  await expect(page.getByText('Geri alındı.')).toBeVisible();
  await page.goto(`/customers/${customer.id}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
});

test('an address that leads nowhere says so', async ({ signedIn: page }) => {
  await page.goto('/customers/999999999');
  await expect(page.getByRole('heading', { name: 'Burada bir şey yok' })).toBeVisible();
});
