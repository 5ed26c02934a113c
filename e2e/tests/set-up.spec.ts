import { expect, test } from '@playwright/test';
import { violations } from '../fixtures';
import { type Server, startEmpty } from '../server';

let server: Server;
test.beforeAll(async () => {
  server = await startEmpty();
});
test.afterAll(() => server.stop());

test('the first start is set up by the one-time link, once', async ({ page }) => {
  await page.goto(server.url);
  await expect(page.getByText('Kurulum yapılmamış')).toBeVisible();

  const link = /https?:\/\/\S+\/setup\?token=([\w-]+)/.exec(server.output());
  expect(link, server.output()).not.toBeNull();
  const setUp = `${server.url}/setup?token=${link?.[1]}`;

  await page.goto(setUp);
  expect(await violations(page)).toEqual([]);
  await page.getByLabel('Kuruluş').fill('Örnek Ticaret A.Ş.');
  await page.getByLabel('Adınız soyadınız').fill('Ayşe Yılmaz');
  await page.getByLabel('E-posta').fill('ayse@ornek.com.tr');
  const password = page.getByLabel('Parola', { exact: true });
  await password.fill('kısa');
  await page.getByRole('button', { name: 'Kurulumu tamamla' }).click();
  await expect(password).toHaveAttribute('aria-invalid', 'true');

  await password.fill('gerçekten-uzun-bir-parola-42');
  await page.getByRole('button', { name: 'Kurulumu tamamla' }).click();
  await expect(page.getByRole('heading', { name: 'Henüz müşteri yok' })).toBeVisible();
  await expect(page.getByText('Örnek Ticaret A.Ş.').first()).toBeVisible();
  expect(await violations(page)).toEqual([]);

  await page.context().clearCookies();
  await page.goto(setUp);
  await page.getByLabel('Kuruluş').fill('Başkası');
  await page.getByLabel('Adınız soyadınız').fill('Başkası');
  await page.getByLabel('E-posta').fill('baska@ornek.com.tr');
  await password.fill('gerçekten-uzun-bir-parola-42');
  await page.getByRole('button', { name: 'Kurulumu tamamla' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
});
