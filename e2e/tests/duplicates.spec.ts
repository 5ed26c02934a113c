import type { Page } from '@playwright/test';
import { type Api, expect, newCompany, test, violations } from '../fixtures';

const count = (page: Page, name: string) =>
  page
    .locator('dl > div')
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator('dd');

/** Two records of one company, made as two people would. */
async function twins(api: Api, name: string) {
  const phone = `0532 ${String(Date.now() % 10_000_000).padStart(7, '0')}`;
  const first = await newCompany(api, `${name} A.Ş.`, { primary_phone: phone, city: 'Bursa', industry: 'Tekstil' });
  const second = await newCompany(api, `${name} LTD`, { primary_phone: phone, city: 'Bursa', industry: 'Gıda' });
  const found = async () => (await api.get(`customers/${first.id}/duplicates/`)).count;
  await expect.poll(found).toBe(1);
  return { first, second, phone };
}

const fits = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

test('a double is told while one types; creating it all the same is deliberate', async ({ signedIn: page, api }) => {
  const name = `Uyarı ${Date.now()}`;
  const mail = `bilgi@uyari${Date.now()}.com.tr`;
  const phone = `0533 ${String(Date.now() % 10_000_000).padStart(7, '0')}`;
  const known = await newCompany(api, name, { primary_phone: phone, primary_email: mail });
  await page.goto('/customers');
  await page.getByRole('button', { name: 'Yeni müşteri' }).click();
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('textbox', { name: 'Firma adı' }).fill(name);
  await drawer.getByRole('textbox', { name: 'E-posta', exact: true }).fill(mail);
  await drawer.getByRole('textbox', { name: 'Telefon', exact: true }).fill(phone);

  const link = drawer.getByRole('link', { name: new RegExp(name) });
  await expect(link).toHaveAttribute('href', `/customers/${known.id}`);
  await expect(link).toHaveAttribute('target', '_blank');
  await expect(drawer.getByText('neredeyse kesin aynı')).toBeVisible();
  await expect(drawer.getByText('Aynı telefon numarası.')).toBeVisible();

  const found = async () => (await api.get(`customers/?search=${encodeURIComponent(name)}&count=exact`)).count;
  await drawer.getByRole('button', { name: 'Oluştur', exact: true }).click();
  await expect(drawer.getByRole('checkbox', { name: /Bu başka bir müşteri/ })).not.toBeChecked();
  await expect(drawer).toBeVisible();
  expect(await found()).toBe(1);

  await drawer.getByRole('checkbox', { name: /Bu başka bir müşteri/ }).check();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  expect(await found()).toBe(2);
});

test('wrong numbers are told at their fields, all fields can be reached, and one goes on to the next', async ({
  signedIn: page,
  api,
}) => {
  const name = `Sıradaki ${Date.now()}`;
  await page.goto('/customers');
  await page.getByRole('button', { name: 'Yeni müşteri' }).click();
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('textbox', { name: 'Firma adı' }).fill(name);
  await drawer.getByRole('textbox', { name: 'Vergi numarası' }).fill('1234567891');
  await drawer.getByRole('textbox', { name: 'Telefon', exact: true }).fill('12');
  await drawer.getByRole('button', { name: /alan daha/ }).click();
  await expect(drawer.getByText(/Telefon numarası kısa/)).toBeVisible();
  await expect(drawer.getByRole('textbox', { name: 'Çalışan sayısı' })).toBeVisible();
  await drawer.getByRole('textbox', { name: 'Çalışan sayısı' }).fill('12');

  await page.keyboard.press('Control+Enter');
  await expect(drawer.getByText(/kontrol hanesi tutmuyor/)).toBeVisible();
  await expect(drawer.getByRole('textbox', { name: 'Vergi numarası' })).toBeFocused();
  await expect(drawer.getByRole('textbox', { name: 'Firma adı' })).toHaveValue(name);
  await drawer.getByRole('textbox', { name: 'Vergi numarası' }).fill('');
  await drawer.getByRole('textbox', { name: 'Telefon', exact: true }).fill('');
  await drawer.getByRole('button', { name: 'Oluştur ve yenisine geç' }).click();
  await expect(page.getByText(`${name} oluşturuldu.`)).toBeVisible();
  await expect(drawer.getByRole('textbox', { name: 'Firma adı' })).toHaveValue('');
  await expect(drawer.getByRole('textbox', { name: 'Firma adı' })).toBeFocused();
  const { results } = await api.get(`customers/?search=${encodeURIComponent(name)}`);
  expect(results).toHaveLength(1);
  expect(Number(results[0].custom.employees)).toBe(12);
});

test('a pair is walked to, said not to be the same, and brought back', async ({ signedIn: page, api }) => {
  const { first } = await twins(api, `Ayrı ${Date.now()}`);
  await page.goto(`/customers/duplicates?customer=${first.id}`);
  const pairs = page.getByRole('list', { name: 'Yinelenenler' }).getByRole('listitem');
  await expect(pairs).toHaveCount(1);
  await expect(page.getByText(/Aynı telefon numarası/)).toBeVisible();
  await page.keyboard.press('j');
  await expect(pairs.first()).toBeFocused();
  await page.keyboard.press('d');
  await expect(page.getByRole('heading', { name: 'Yinelenen kayıt yok' })).toBeVisible();
  await expect.poll(async () => (await api.get(`customers/${first.id}/duplicates/`)).count).toBe(0);
  await page.getByRole('button', { name: 'Geri al' }).click();
  await expect(pairs).toHaveCount(1);
});

test('two records are merged field by field, and come apart again', async ({ signedIn: page, api }) => {
  const name = `Birleşen ${Date.now()}`;
  const { first, second } = await twins(api, name);
  await page.goto(`/customers/duplicates?customer=${first.id}`);
  const pair = page.getByRole('listitem', { name: new RegExp(name) });
  await expect(pair).toBeVisible();
  await page.keyboard.press('j');
  await expect(pair).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/customers\/merge\?ids=/);

  const industry = page.getByRole('radiogroup', { name: 'Sektör' });
  await expect(industry.getByRole('radio', { name: /Tekstil/ })).toBeChecked();
  await industry.getByRole('radio', { name: /Gıda/ }).check();
  await expect(page).toHaveURL(/keep=industry/);
  await expect(page.getByRole('radiogroup', { name: 'İl', exact: true })).toHaveCount(0);
  expect((await api.get(`customers/${second.id}/`)).id).toBe(second.id);

  await page.getByRole('button', { name: '2 kaydı birleştir' }).click();
  await expect(page).toHaveURL(new RegExp(`/customers/${first.id}$`));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${name} A.Ş.`);
  expect((await api.get(`customers/${first.id}/`)).industry).toBe('Gıda');
  expect((await api.get(`customers/${second.id}/`)).id).toBe(first.id);

  await page.getByRole('button', { name: 'Geri al' }).click();
  await expect(page.getByText('Geri alındı.')).toBeVisible();
  expect((await api.get(`customers/${second.id}/`)).id).toBe(second.id);
  expect((await api.get(`customers/${first.id}/`)).industry).toBe('Tekstil');
});

const screens: Record<string, (page: Page, api: Api) => Promise<void>> = {
  duplicates: async (page, api) => {
    const { first } = await twins(api, `Görünür ${Date.now()}`);
    await page.goto(`/customers/duplicates?customer=${first.id}`);
    await expect(page.getByRole('link', { name: 'Birleştir' })).toBeVisible();
  },
  merge: async (page, api) => {
    const { first, second } = await twins(api, `Görünür ${Date.now()}`);
    await page.goto(`/customers/merge?ids=${first.id},${second.id}`);
    await expect(page.getByRole('radiogroup', { name: 'Sektör' })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Bir araya gelecekler' })).toBeVisible();
  },
  'a warning': async (page, api) => {
    const { phone } = await twins(api, `Görünür ${Date.now()}`);
    await page.goto('/customers');
    await page.getByRole('button', { name: 'Yeni müşteri' }).click();
    await page.getByRole('textbox', { name: 'Firma adı' }).fill('Görünür');
    await page.getByRole('textbox', { name: 'Telefon', exact: true }).fill(phone);
    await expect(page.getByRole('heading', { name: /zaten kayıtlı olabilir/ })).toBeVisible();
  },
};

for (const theme of ['light', 'dark'] as const) {
  test.describe(theme, () => {
    test.use({ me: { locale: 'tr', theme } });
    for (const [name, open] of Object.entries(screens)) {
      test(`${name}: nothing found by axe, and it fits a phone`, async ({ signedIn: page, api }) => {
        await page.emulateMedia({ reducedMotion: 'reduce' });
        await open(page, api);
        await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme);
        await expect.poll(() => violations(page)).toEqual([]);
        await page.setViewportSize({ width: 390, height: 844 });
        await expect.poll(() => fits(page)).toBe(true);
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}-${theme}-390.png` });
        await page.setViewportSize({ width: 1280, height: 800 });
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}-${theme}.png` });
      });
    }
  });
}
