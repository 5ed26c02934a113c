import type { Page } from '@playwright/test';
import { type Api, expect, newCompany, rowLinks, test, violations } from '../fixtures';

const screens: Record<string, (page: Page, api: Api) => Promise<void>> = {
  customers: async (page) => {
    await page.goto('/customers');
    await expect(rowLinks(page).first()).toBeVisible();
  },
  'customers, some selected': async (page) => {
    await page.goto('/customers');
    await page.getByRole('checkbox').nth(1).check();
  },
  'customers, a filter being built': async (page) => {
    await page.goto('/customers');
    await page.getByRole('button', { name: 'Filtre', exact: true }).click();
    await expect(page.getByRole('combobox', { name: 'Alan' })).toBeVisible();
  },
  'customers, filtered': async (page) => {
    await page.goto('/customers?city__is_set=true&created_at__in_last=1y');
    await expect(page.getByRole('button', { name: /filtresini kaldır/ })).toHaveCount(2);
  },
  'customers, nothing found': async (page) => {
    await page.goto('/customers?search=zzzz-nobody');
    await expect(page.getByRole('heading', { name: 'Eşleşen müşteri yok' })).toBeVisible();
  },
  'new customer': async (page) => {
    await page.goto('/customers');
    await page.getByRole('button', { name: 'Yeni müşteri' }).click();
    await page.getByRole('button', { name: 'Oluştur', exact: true }).click();
    await expect(page.locator('[aria-invalid=true]').first()).toBeVisible();
  },
  customer: async (page, api) => {
    const customer = await newCompany(api, `Erişilebilir ${Date.now()}`, {
      industry: 'Tekstil',
      annual_revenue: '10.00',
    });
    await page.goto(`/customers/${customer.id}`);
    await page.getByRole('button', { name: /boş alanı göster/ }).click();
  },
  'customer, being edited': async (page, api) => {
    const customer = await newCompany(api, `Erişilebilir ${Date.now()}`, { industry: 'Tekstil' });
    await page.goto(`/customers/${customer.id}`);
    await page.getByTitle('Sektör alanını düzenle').click();
  },
  'customer, just saved': async (page, api) => {
    const customer = await newCompany(api, `Erişilebilir ${Date.now()}`, { industry: 'Tekstil' });
    await page.goto(`/customers/${customer.id}`);
    await page.getByTitle('Sektör alanını düzenle').click();
    await page.getByRole('textbox', { name: 'Sektör' }).fill('Gıda');
    await page.keyboard.press('Enter');
    await expect(page.getByText('Kaydedildi.')).toBeVisible();
  },
  import: async (page) => {
    await page.goto('/import');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('Firma adı,E-posta\nA,a@b.co\n') });
    await expect(page.getByRole('button', { name: 'Dene' })).toBeVisible();
  },
  settings: async (page) => {
    await page.goto('/customers');
    await page.getByTitle('Ayarlarınız').click();
  },
  security: async (page) => {
    await page.goto('/security');
    await expect(page.getByText('Bu oturum')).toBeVisible();
  },
  nowhere: async (page) => {
    await page.goto('/customers/999999999');
    await expect(page.getByRole('heading', { name: 'Burada bir şey yok' })).toBeVisible();
  },
};

for (const theme of ['light', 'dark'] as const) {
  test.describe(theme, () => {
    test.use({ me: { locale: 'tr', theme } });
    for (const [name, open] of Object.entries(screens)) {
      test(name, async ({ signedIn: page, api }) => {
        await page.emulateMedia({ reducedMotion: 'reduce' });
        await open(page, api);
        await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme);
        await page.waitForTimeout(300);
        expect(await violations(page)).toEqual([]);
      });
    }

    test('signing in', async ({ page }) => {
      await page.emulateMedia({ colorScheme: theme });
      await page.goto('/sign-in');
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });
  });
}

test('the keyboard skips the navigation', async ({ signedIn: page }) => {
  await page.goto('/customers');
  await expect(rowLinks(page).first()).toBeVisible();
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'İçeriğe geç' });
  await expect(skip).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();
});
