import type { Page } from '@playwright/test';
import { expect, newCompany, test, violations } from '../fixtures';

const pages = {
  '/settings/tags': 'Etiketler',
  '/settings/custom-fields': 'Özel alanlar',
  '/settings/retention': 'Saklama süreleri',
  '/settings/audit': 'Denetim kaydı',
  '/settings/system': 'Sistem',
};

const row = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(name) });

test('a tag is made, changed, and deleted from its customers; that is undone', async ({ signedIn: page, api }) => {
  const name = `Sadık ${Date.now()}`;
  await page.goto('/settings/tags');
  await page.getByRole('button', { name: 'Yeni etiket' }).first().click();
  const form = page.getByRole('dialog', { name: 'Yeni etiket' });
  await form.getByRole('button', { name: 'Kaydet' }).click();
  await expect(form.getByLabel('Ad')).toHaveAttribute('aria-invalid', 'true');
  await form.getByLabel('Ad').fill(name);
  await form.getByRole('radio', { name: 'Yeşil', exact: true }).check();
  await form.getByRole('button', { name: 'Kaydet' }).click();
  await expect(form).toHaveCount(0);
  await expect(row(page, name)).toBeVisible();

  const customer = await newCompany(api, `Etiketli ${Date.now()}`, { tags: [name] });
  await page.reload();
  await row(page, name).getByRole('link', { name: '1', exact: true }).click();
  await expect(page).toHaveURL(/tags__has_any=/);
  await expect(page.getByText(customer.name).first()).toBeVisible();
  await page.goBack();

  await page.getByRole('button', { name: `${name} etiketini sil` }).click();
  const question = page.getByRole('dialog', { name: `${name} silinsin mi?` });
  await expect(question.getByText('1 müşteriden de kaldırılır.')).toBeVisible();
  await question.getByRole('button', { name: 'Vazgeç' }).click();
  await expect(row(page, name)).toBeVisible();
  await page.getByRole('button', { name: `${name} etiketini sil` }).click();
  await question.getByRole('button', { name: 'Sil' }).click();
  await expect(row(page, name)).toHaveCount(0);
  expect((await api.get(`customers/${customer.id}/`)).tags).toEqual([]);
});

test('a field with choices is made, ordered, and deleted only after a second question', async ({
  signedIn: page,
  api,
}) => {
  const key = `bolge_${Date.now()}`;
  const name = `Bölge ${Date.now()}`;
  await page.goto('/settings/custom-fields');
  await page.getByRole('button', { name: 'Yeni alan' }).click();
  const form = page.getByRole('dialog', { name: 'Yeni alan' });
  await form.getByLabel('Türkçe ad').fill(name);
  await form.getByLabel('Anahtar').fill('Olmaz Böyle');
  await form.getByRole('button', { name: 'Kaydet' }).click();
  await expect(form.getByLabel('Anahtar')).toHaveAttribute('aria-invalid', 'true');
  await expect(form.getByLabel('Türkçe ad', { exact: true })).toHaveValue(name);
  await form.getByLabel('Anahtar').fill(key);
  await form.getByRole('combobox', { name: 'Tür' }).click();
  await page.getByRole('option', { name: 'Seçim', exact: true }).click();
  for (const [place, choice] of ['Ege', 'Marmara'].entries()) {
    await form.getByRole('button', { name: 'Seçenek ekle' }).click();
    await form.getByLabel(`${place + 1}. seçenek, Türkçe`).fill(choice);
  }
  await form.getByRole('button', { name: 'Kaydet' }).click();
  await expect(form).toHaveCount(0);
  await expect(row(page, name).getByText('Seçim')).toBeVisible();
  await expect(row(page, name).getByText('Hayır')).toBeVisible();

  const names = () => page.getByRole('rowheader').allInnerTexts();
  const before = await names();
  await page.getByRole('button', { name: `${name}: yukarı taşı` }).click();
  await expect.poll(names).toEqual([...before.slice(0, -2), name, before.at(-2)]);
  await page.reload();
  await expect.poll(names).toEqual([...before.slice(0, -2), name, before.at(-2)]);

  const field = (await api.get('custom-fields/')).results.find((one: { key: string }) => one.key === key);
  expect(field.choices.map((choice: { label_tr: string }) => choice.label_tr)).toEqual(['Ege', 'Marmara']);
  await newCompany(api, `Bölgeli ${Date.now()}`, { custom: { [key]: field.choices[0].value } });
  await page.getByRole('button', { name: `${name} alanını düzenle` }).click();
  const change = page.getByRole('dialog', { name });
  await expect(change.getByLabel('Anahtar')).toBeDisabled();
  await change.getByLabel('Doldurulması zorunlu').check();
  await change.getByRole('button', { name: 'Kaydet' }).click();
  await expect(row(page, name).getByText('Evet')).toBeVisible();

  await page.getByRole('button', { name: `${name} alanını sil` }).click();
  const question = page.getByRole('dialog', { name: `${name} silinsin mi?` });
  await question.getByRole('button', { name: 'Sil' }).click();
  await expect(question.getByText(/yazılmış değerler var/)).toBeVisible();
  await expect(row(page, name)).toHaveCount(1);
  await question.getByRole('button', { name: 'Sil' }).click();
  await expect(row(page, name)).toHaveCount(0);
});

test('a rule works only after it was tried', async ({ signedIn: page, api }) => {
  const name = `Kural ${Date.now()}`;
  const customer = await newCompany(api, `Saklanan ${Date.now()}`, { industry: name });
  await page.goto('/settings/retention');
  await page.getByRole('button', { name: 'Yeni kural' }).first().click();
  const form = page.getByRole('dialog', { name: 'Yeni kural' });
  await form.getByLabel('Ad', { exact: true }).fill(name);
  await form.getByRole('radio', { name: 'Müşteriyi sil' }).check();
  await form.getByRole('combobox', { name: 'Alan' }).click();
  await page.getByRole('option', { name: 'Sektör', exact: true }).click();
  await form.getByLabel('Değer').fill(name);
  await expect(form.getByText(new RegExp(`sektör.*${name}.*1 müşteri`))).toBeVisible();
  await form.getByRole('button', { name: 'Kaydet' }).click();
  await expect(form).toHaveCount(0);

  const line = row(page, name);
  await expect(line.getByText(new RegExp(`sektör.*${name}`))).toBeVisible();
  const works = page.getByRole('switch', { name: `${name} açık` });
  await expect(works).toBeDisabled();
  await line.getByRole('button', { name: 'Dene' }).click();
  const outcome = page.getByRole('dialog', { name });
  await expect(outcome.getByText('Şimdi çalışsa 1 müşteriyi silerdi. Hiçbir şey değişmedi.')).toBeVisible();
  await expect(outcome.getByRole('link', { name: customer.name })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(works).toBeEnabled();
  await works.focus();
  await page.keyboard.press('Space');
  await expect(works).toBeChecked();
  const rule = (await api.get('retention-rules/')).results.find((one: { name: string }) => one.name === name);
  expect(rule.is_active).toBe(true);

  await page.getByRole('button', { name: `${name} kuralını sil` }).click();
  await page
    .getByRole('dialog', { name: `${name} silinsin mi?` })
    .getByRole('button', { name: 'Sil' })
    .click();
  await expect(line).toHaveCount(0);
  expect((await api.get(`customers/${customer.id}/`)).name).toBe(customer.name);
});

test('the audit is filtered by its address, speaks in words, and its chain is whole', async ({
  signedIn: page,
  api,
}) => {
  const tag = await api.send('POST', 'tags/', { name: `Denetim ${Date.now()}`, color: '' });
  await api.send('PATCH', `tags/${tag.id}/`, { name: `Denetim değişti ${Date.now()}` });
  await newCompany(api, `Denetlenen ${Date.now()}`);
  await page.goto('/settings/audit');
  await expect(page.getByRole('rowheader').first()).toBeVisible();
  // A code has a full stop or an underline and no space.
  const codes = (await page.locator('summary').allInnerTexts()).filter((text) => /^\S*[._]\S*$/.test(text));
  expect(codes).toEqual([]);

  await page.getByRole('combobox', { name: 'Ne', exact: true }).click();
  await page.getByRole('option', { name: 'Etiket: tümü' }).click();
  await expect(page).toHaveURL(/kind=tag/);
  await expect(page.locator('summary').filter({ hasText: 'Etiket değiştirildi' }).first()).toBeVisible();
  await expect(page.locator('summary').filter({ hasNotText: 'Etiket' })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('combobox', { name: 'Ne', exact: true })).toHaveValue('Etiket: tümü');
  await page.getByLabel('Bitiş günü').fill('01.01.2020');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/at__lte=2020-01-01/);
  await expect(page.getByRole('heading', { name: 'Kayıt yok' })).toBeVisible();

  await page.getByRole('button', { name: 'Zinciri doğrula' }).click();
  // As long as the imports of other tests have made it.
  await expect(page.getByText(/Zincir sağlam: [\d.]+ kayıt\./)).toBeVisible({ timeout: 30_000 });
});

test('the system tells its version, its health and what watches it', async ({ signedIn: page, api }) => {
  const { version } = await api.get('system/');
  await page.goto('/settings/system');
  await expect(page.getByText(version, { exact: true })).toBeVisible();
  await expect(page.getByRole('table', { name: 'İzleyiciler' }).getByText('Denetim kaydı')).toBeVisible();
  const health = page.getByRole('table', { name: 'Sağlık denetimi' });
  await expect(health.getByRole('row', { name: /Arama dizini/ }).getByText('Sağlam')).toBeVisible();
  const jobs = page.getByRole('table', { name: 'Zamanlanmış işler' });
  await expect(jobs.getByText('Saklama kuralları')).toBeVisible();
  expect((await jobs.getByRole('rowheader').allInnerTexts()).filter((text) => text.includes('.'))).toEqual([]);
});

for (const theme of ['light', 'dark'] as const) {
  test.describe(theme, () => {
    test.use({ me: { locale: 'tr', theme } });
    for (const [path, title] of Object.entries(pages)) {
      test(`${path} is for everyone`, async ({ signedIn: page }) => {
        await page.emulateMedia({ reducedMotion: 'reduce' });
        await page.goto(path);
        await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
        await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
        expect(await violations(page)).toEqual([]);
      });
    }
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  for (const [path, title] of Object.entries(pages)) {
    test(`${path} fits the width`, async ({ signedIn: page }) => {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
      await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    });
  }
});
