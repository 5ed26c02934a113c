import { createHmac } from 'node:crypto';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures';

/** Somebody whose account no other test needs. */
const SELLER = 'anna.snelling@ornek.example';

/** The code an authenticator application shows (RFC 6238), some steps from now. */
function code(secret: string, stepsAhead = 0): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replace(/\s|=/g, '')]
    .map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + stepsAhead));
  const hash = createHmac('sha1', key).update(step).digest();
  const number = hash.readUInt32BE((hash.at(-1) as number) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

async function signIn(page: Page, password: string) {
  await page.goto('/sign-in');
  await page.getByLabel('E-posta').fill(SELLER);
  await page.getByLabel('Parola', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Giriş yap' }).click();
}

test('a second factor is turned on, asked for, and turned off', async ({ page, demo }) => {
  await signIn(page, demo.password);
  await expect(page.getByRole('navigation')).toBeVisible();
  await page.goto('/security');
  const part = page.getByRole('region', { name: 'İki adımlı giriş' });
  await part.getByLabel('Şimdiki parola').fill(demo.password);
  await part.getByRole('button', { name: 'Kur' }).click();
  await expect(part.getByRole('img', { name: 'Doğrulama uygulaması için QR kodu' })).toBeVisible();
  const secret = await part.locator('code').innerText();
  await part.getByLabel('Kod').fill('000000');
  await part.getByRole('button', { name: 'Aç' }).click();
  await expect(part.getByText('Kod yanlış')).toBeVisible();
  await part.getByLabel('Kod').fill(code(secret));
  await part.getByRole('button', { name: 'Aç' }).click();
  await expect(part.getByRole('listitem')).toHaveCount(10);
  const recovery = await part.getByRole('listitem').allInnerTexts();
  await part.getByRole('button', { name: 'Sakladım' }).click();
  await expect(part.getByText('10 kurtarma kodu kaldı')).toBeVisible();

  await page.context().clearCookies();
  await signIn(page, demo.password);
  await page.getByLabel('Kod').fill('123456');
  await page.getByRole('button', { name: 'Giriş yap' }).click();
  await expect(page.getByText('Kod yanlış')).toBeVisible();
  await page.getByLabel('Kod').fill(code(secret, 1));
  await page.getByRole('button', { name: 'Giriş yap' }).click();
  await expect(page.getByRole('navigation')).toBeVisible();

  await page.context().clearCookies();
  await signIn(page, demo.password);
  await page.getByLabel('Kod').fill(recovery[0] as string);
  await page.getByRole('button', { name: 'Giriş yap' }).click();
  await expect(page.getByRole('navigation')).toBeVisible();
  await page.goto('/security');
  await expect(part.getByText('9 kurtarma kodu kaldı')).toBeVisible();
  await part.getByRole('button', { name: 'Kapat' }).click();
  await part.getByLabel('Şimdiki parola').fill(demo.password);
  // What was used is used.
  await part.getByLabel('Kod').fill(recovery[0] as string);
  await part.getByRole('button', { name: 'Kapat' }).click();
  await expect(part.getByText('Kod yanlış')).toBeVisible();
  await part.getByLabel('Kod').fill(recovery[1] as string);
  await part.getByRole('button', { name: 'Kapat' }).click();
  await expect(part.getByRole('button', { name: 'Kur' })).toBeVisible();
});

test('whoever signs out everywhere is out everywhere', async ({ page, browser, demo }) => {
  const elsewhere = await (await browser.newContext({ baseURL: demo.url, locale: 'tr-TR' })).newPage();
  await signIn(elsewhere, demo.password);
  await expect(elsewhere.getByRole('navigation')).toBeVisible();
  await signIn(page, demo.password);
  await expect(page.getByRole('navigation')).toBeVisible();
  await page.goto('/security');
  await expect(page.getByText('Bu oturum')).toBeVisible();
  await page.getByRole('button', { name: 'Her yerden çık', exact: true }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await elsewhere.reload();
  await expect(elsewhere).toHaveURL(/\/sign-in/);
  await elsewhere.context().close();
});
