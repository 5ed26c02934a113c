import { expect, test } from '../fixtures';

test('a wrong password is refused, the right one lets in to where one wanted to go', async ({ page, demo }) => {
  await page.goto('/customers?ordering=-name');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel('E-posta').fill(demo.email);
  await page.getByLabel('Parola', { exact: true }).fill('yanlış-parola');
  await page.getByRole('button', { name: 'Giriş yap' }).click();
  await expect(page.getByRole('alert')).toBeVisible();

  await page.getByLabel('Parola', { exact: true }).fill(demo.password);
  await page.getByRole('button', { name: 'Giriş yap' }).click();
  await expect(page).toHaveURL(/\/customers\?ordering=-name/);
  await expect(page.getByRole('table')).toBeVisible();
});

test('signing out ends the session', async ({ page, demo }) => {
  await page.goto('/sign-in');
  await page.getByLabel('E-posta').fill(demo.email);
  await page.getByLabel('Parola', { exact: true }).fill(demo.password);
  await page.getByRole('button', { name: 'Giriş yap' }).click();
  await page.getByTitle('Ayarlarınız').click();
  await page.getByRole('button', { name: 'Çıkış yap' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto('/customers');
  await expect(page.getByRole('button', { name: 'Giriş yap' })).toBeVisible();
});

for (const next of ['//evil.example/', 'https://evil.example/', '/\\\\evil.example/']) {
  test(`${next} is not followed after signing in`, async ({ page, demo }) => {
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await page.getByLabel('E-posta').fill(demo.email);
    await page.getByLabel('Parola', { exact: true }).fill(demo.password);
    await page.getByRole('button', { name: 'Giriş yap' }).click();
    await expect(page.getByRole('navigation', { name: 'Ana menü' })).toBeVisible();
    expect(new URL(page.url()).origin).toBe(demo.url);
  });
}
