import { expect, rowLinks, test } from '../fixtures';

test('the language changes at once, for good, and also what the server says', async ({ signedIn: page }) => {
  await page.goto('/customers');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Müşteriler');
  await expect(page.locator('html')).toHaveAttribute('lang', 'tr');
  await page.getByTitle('Ayarlarınız').click();
  await page.getByText('English').click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Customers');
  await expect(page.getByRole('columnheader', { name: 'Annual revenue' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Customers');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});

test('the theme changes at once, for good, and before the first paint', async ({ signedIn: page }) => {
  await page.goto('/customers');
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'light');
  await page.getByTitle('Ayarlarınız').click();
  await page.getByText('Koyu').click();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await page.route('**/assets/*.js', (route) => route.abort());
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
});

test.describe('before anyone has signed in', () => {
  test.use({ locale: 'en-GB' });
  test('the browser decides on the language', async ({ page }) => {
    await page.goto('/sign-in');
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await page.getByRole('button', { name: 'Türkçe' }).click();
    await expect(page.getByRole('heading', { name: 'Giriş yapın' })).toBeVisible();
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  for (const path of ['/customers', '/import', '/security']) {
    test(`${path} fits the width`, async ({ signedIn: page }) => {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    });
  }

  test('customers are cards that open, and the page fits the width', async ({ signedIn: page }) => {
    await page.goto('/customers');
    const first = rowLinks(page).first();
    await expect(first).toBeVisible();
    await expect(page.getByRole('columnheader')).toHaveCount(0);
    const name = await first.innerText();
    await first.tap();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });

  test('the navigation opens and leads on', async ({ signedIn: page }) => {
    await page.goto('/customers');
    await page.getByRole('button', { name: 'Menüyü aç' }).click();
    await page.getByRole('dialog').getByRole('link', { name: 'İçe aktarma' }).click();
    await expect(page).toHaveURL(/\/import/);
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });
});
