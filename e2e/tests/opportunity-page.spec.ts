import { type Api, expect, newCompany, test, violations } from '../fixtures';

async function newOpportunity(api: Api, more: Record<string, unknown> = {}) {
  const stamp = `${Date.now()}${Math.floor(Math.random() * 1000)}`;
  const customer = await newCompany(api, `Sayfa Müşterisi ${stamp}`);
  const body = {
    name: `Sayfa ${stamp}`,
    customer: customer.id,
    amount: '1000.00',
    expected_close_date: '2027-03-31',
    ...more,
  };
  return api.send('POST', 'opportunities/', body);
}

test('a fact is changed in place and the change undone', async ({ signedIn: page, api }) => {
  const { id } = await newOpportunity(api);
  await page.goto(`/opportunities/${id}`);
  await page.getByRole('button', { name: /boş alanı göster/ }).click();
  await page.getByTitle('Rakip alanını düzenle').click();
  await page.getByRole('textbox', { name: 'Rakip' }).fill('Başka Firma');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Kaydedildi.')).toBeVisible();
  expect((await api.get(`opportunities/${id}/`)).competitor).toBe('Başka Firma');
  await page.getByRole('button', { name: 'Geri al' }).click();
  await expect.poll(async () => (await api.get(`opportunities/${id}/`)).competitor).toBe('');
});

test('what others changed meanwhile is asked about and not overwritten', async ({ signedIn: page, api }) => {
  const { id } = await newOpportunity(api, { competitor: 'Eski' });
  await page.goto(`/opportunities/${id}`);
  // The news of the change does not come through.
  await page.route('**/events/stream/', (route) => route.abort());
  await page.reload();
  await page.getByTitle('Rakip alanını düzenle').click();
  await api.send('PATCH', `opportunities/${id}/`, { competitor: 'Onlarınki' });
  await page.getByRole('textbox', { name: 'Rakip' }).fill('Benimki');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Onlarınki')).toBeVisible();
  await expect(dialog.getByText('Eski')).toBeVisible();
  expect((await api.get(`opportunities/${id}/`)).competitor).toBe('Onlarınki');
});

test('probability and category are pinned and let go', async ({ signedIn: page, api }) => {
  const { id } = await newOpportunity(api);
  await page.goto(`/opportunities/${id}`);
  const pin = page.getByRole('button', { name: 'Olasılığı sabitle' });
  await pin.click();
  await expect(pin).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(async () => (await api.get(`opportunities/${id}/`)).probability_source).toBe('manual');
  await pin.click();
  await expect.poll(async () => (await api.get(`opportunities/${id}/`)).probability_source).toBe('stage');
  await page.getByRole('button', { name: 'Tahmin kategorisini sabitle' }).click();
  await expect.poll(async () => (await api.get(`opportunities/${id}/`)).is_category_pinned).toBe(true);
});

test('products sum to the amount; one is removed and brought back', async ({ signedIn: page, api }) => {
  const { id } = await newOpportunity(api);
  const [product] = (await api.get('products/?page_size=1&is_active=true')).results;
  await page.goto(`/opportunities/${id}`);
  await page.getByRole('button', { name: 'Ürün ekle' }).click();
  await page.getByRole('combobox', { name: 'Ürün adı' }).fill(product.name);
  await page.getByRole('option', { name: product.name }).first().click();
  await page.getByRole('textbox', { name: 'Miktar' }).fill('3');
  await page.getByRole('textbox', { name: 'Birim fiyat' }).fill('200');
  await page.getByRole('textbox', { name: 'İndirim (%)' }).fill('10');
  await page.getByRole('button', { name: 'Kaydet', exact: true }).click();
  await expect(page.getByRole('table', { name: 'Ürünler' })).toContainText('540');
  await expect.poll(async () => (await api.get(`opportunities/${id}/`)).amount).toBe('540.00');
  await page.getByRole('button', { name: `${product.name}: kaldır` }).click();
  await expect(page.getByText('Henüz ürün yok.')).toBeVisible();
  await page
    .getByRole('alert')
    .filter({ hasText: 'Ürün kaldırıldı.' })
    .getByRole('button', { name: 'Geri al' })
    .click();
  await expect(page.getByRole('table', { name: 'Ürünler' })).toContainText(product.name);
});

test('a contact of the customer has a say', async ({ signedIn: page, api }) => {
  const { id, customer } = await newOpportunity(api);
  const name = `Ayşe Kişi${Date.now()}`;
  const [first_name, last_name] = name.split(' ');
  const person = await api.send('POST', 'customers/', { customer_type: 'individual', first_name, last_name });
  await api.send('POST', `customers/${customer}/relations/`, { other_id: person.id, role: 'contact' });
  await page.goto(`/opportunities/${id}`);
  await page.getByRole('button', { name: 'Kişi ekle' }).click();
  const form = page.getByRole('form', { name: 'Kişi ekle' });
  await form.getByRole('button', { name: 'Kaydet' }).click();
  await expect(form.getByText('Bir kişi seçin.')).toBeVisible();
  expect((await api.get(`opportunities/${id}/stakeholders/`)).results).toEqual([]);
  await form.getByRole('combobox', { name: 'Kişi' }).click();
  await page.getByRole('option', { name }).click();
  await form.getByRole('textbox', { name: 'Etkisi' }).fill('Bütçe onun');
  await form.getByRole('button', { name: 'Kaydet' }).click();
  const row = page.getByRole('table', { name: 'Karar vericiler' });
  await expect(row).toContainText(name);
  await expect(row).toContainText('Bütçe onun');
});

test('lost with a reason and a competitor, then opened again where it was', async ({ signedIn: page, api }) => {
  const { id, stage } = await newOpportunity(api);
  await page.goto(`/opportunities/${id}`);
  const stages = (await api.get('pipelines/')).results[0].stages as { outcome: string; name_tr: string }[];
  const lost = stages.find(({ outcome }) => outcome === 'lost')?.name_tr ?? '';
  await page.getByRole('button', { name: `${lost} olarak kapat` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Kaybetme nedeni').fill('Fiyat');
  await dialog.getByRole('textbox', { name: 'Rakip' }).fill('Ucuzcu');
  await dialog.getByRole('button', { name: 'Kaydet' }).click();
  await expect(page.getByRole('button', { name: 'Yeniden aç' })).toBeVisible();
  const closed = await api.get(`opportunities/${id}/`);
  expect([closed.outcome, closed.loss_reason, closed.competitor]).toEqual(['lost', 'Fiyat', 'Ucuzcu']);
  await page.getByRole('button', { name: 'Yeniden aç' }).click();
  await expect.poll(async () => (await api.get(`opportunities/${id}/`)).stage).toBe(stage);
});

test('a note is written, the page made a favourite, the opportunity deleted and brought back', async ({
  signedIn: page,
  api,
}) => {
  const { id } = await newOpportunity(api);
  await page.goto(`/opportunities/${id}`);
  await page.getByRole('textbox', { name: 'Not yazın' }).fill('Arandı, döneceğiz.');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Not kaydedildi.')).toBeVisible();
  await expect(page.getByText('Arandı, döneceğiz.')).toBeVisible();
  const star = page.getByRole('button', { name: 'Sık kullanılan', exact: true });
  await star.click();
  await expect(star).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('button', { name: 'Sil', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sil' }).click();
  await expect(page).toHaveURL(/\/opportunities$/);
  await page.getByRole('alert').filter({ hasText: 'silindi' }).getByRole('button', { name: 'Geri al' }).click();
  await expect(page.getByText('Geri alındı.')).toBeVisible();
  expect((await api.get(`opportunities/${id}/`)).id).toBe(id);
});

for (const theme of ['light', 'dark'] as const) {
  test.describe(theme, () => {
    test.use({ me: { locale: 'tr', theme } });
    test('the page is accessible and fits a phone', async ({ signedIn: page, api }) => {
      const { id, name } = await newOpportunity(api);
      await page.goto(`/opportunities/${id}`);
      await expect(page.getByRole('heading', { name })).toBeVisible();
      await page.getByRole('button', { name: 'Ürün ekle' }).click();
      await page.getByRole('button', { name: 'Kişi ekle' }).click();
      expect(await violations(page)).toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    });
  });
}

test('a new opportunity is made from the page of a customer', async ({ signedIn: page, api }) => {
  const name = `Yeni Fırsat ${Date.now()}`;
  const customer = await newCompany(api, `Alıcı ${Date.now()}`);
  await page.goto(`/customers/${customer.id}`);
  await page.getByRole('button', { name: 'Yeni fırsat' }).click();
  const dialog = page.getByRole('dialog', { name: 'Yeni fırsat' });
  await dialog.getByRole('button', { name: 'Oluştur' }).click();
  await expect(dialog.getByRole('textbox', { name: 'Fırsat adı' })).toHaveAttribute('aria-invalid', 'true');
  await dialog.getByRole('textbox', { name: 'Fırsat adı' }).fill(name);
  await dialog.getByRole('textbox', { name: 'Tutar' }).fill('2500');
  await dialog.getByRole('button', { name: 'Oluştur' }).click();
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
  const id = Number(page.url().match(/opportunities\/(\d+)/)?.[1]);
  const made = await api.get(`opportunities/${id}/`);
  expect([made.customer, made.amount]).toEqual([customer.id, '2500.00']);
});

test('a column loads more, and a card is moved by key', async ({ signedIn: page, api }) => {
  const b2b = (await api.get('pipelines/')).results.find(({ name }: { name: string }) => name === 'B2B satış');
  await page.goto(`/opportunities?pipeline=${b2b.id}&new=true`);
  await expect(page.getByRole('dialog', { name: 'Yeni fırsat' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/new=/);
  const column = page.getByRole('region', { name: 'Kazanıldı', exact: true });
  await expect(column.getByRole('link')).toHaveCount(50);
  await column.getByRole('link').last().scrollIntoViewIfNeeded();
  await expect.poll(() => column.getByRole('link').count()).toBeGreaterThan(50);

  const { id, name } = await newOpportunity(api);
  const [first, second] = (await api.get('pipelines/')).results[0].stages;
  await page.goto('/opportunities');
  await page.getByRole('link', { name, exact: true }).press('Shift+ArrowRight');
  const to = page.getByRole('region', { name: second.name_tr, exact: true });
  await expect(to.getByRole('link', { name, exact: true })).toBeVisible();
  await expect.poll(async () => (await api.get(`opportunities/${id}/`)).stage).toBe(second.key);
  expect(first.key).not.toBe(second.key);
});

test('a quota is set on the forecast and undone; an adjustment needs its reason', async ({ signedIn: page, api }) => {
  await page.goto('/forecast?from=2017-01-01&to=2018-03-31');
  await page
    .getByRole('button', { name: /: kota ve düzeltme$/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Yönetici düzeltmesi' }).fill('900');
  await dialog.getByRole('button', { name: 'Kaydet', exact: true }).click();
  await expect(dialog.getByRole('textbox', { name: 'Neden' })).toHaveAttribute('aria-invalid', 'true');
  expect((await api.get('forecast/adjustments/')).results).toEqual([]);
  await dialog.getByRole('textbox', { name: 'Kota' }).fill('3000');
  await dialog.getByRole('button', { name: 'Kotayı kaydet' }).click();
  await expect(page.getByText('Kota kaydedildi.')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Ekip ve temsilcilere göre' })).toContainText('₺3.000');
  await expect(page.getByRole('table', { name: 'Dönemlere göre' })).toContainText(/\d{4} \d\. çeyrek/);
  await page.getByRole('button', { name: 'Geri al' }).click();
  await expect(page.getByRole('table', { name: 'Ekip ve temsilcilere göre' })).not.toContainText('₺3.000');
});
