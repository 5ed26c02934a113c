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
  await expect(page.getByRole('navigation', { name: 'Ana menü' })).toBeVisible();
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
  await expect(page.getByRole('navigation', { name: 'Ana menü' })).toBeVisible();

  await page.context().clearCookies();
  await signIn(page, demo.password);
  await page.getByLabel('Kod').fill(recovery[0] as string);
  await page.getByRole('button', { name: 'Giriş yap' }).click();
  await expect(page.getByRole('navigation', { name: 'Ana menü' })).toBeVisible();
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
  await expect(elsewhere.getByRole('navigation', { name: 'Ana menü' })).toBeVisible();
  await signIn(page, demo.password);
  await expect(page.getByRole('navigation', { name: 'Ana menü' })).toBeVisible();
  await page.goto('/security');
  await expect(page.getByText('Bu oturum')).toBeVisible();
  await page.getByRole('button', { name: 'Her yerden çık', exact: true }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await elsewhere.reload();
  await expect(elsewhere).toHaveURL(/\/sign-in/);
  await elsewhere.context().close();
});

test('a passkey is made, opens the door alone, and is removed', async ({ page, demo }) => {
  // Passkeys belong to a name, and numbers are none.
  const url = demo.url.replace('127.0.0.1', 'localhost');
  const chrome = await page.context().newCDPSession(page);
  await chrome.send('WebAuthn.enable');
  const { authenticatorId } = await chrome.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('E-posta').fill(SELLER);
  await page.getByLabel('Parola', { exact: true }).fill(demo.password);
  await page.getByRole('button', { name: 'Giriş yap', exact: true }).click();
  await expect(page.getByRole('navigation', { name: 'Ana menü' })).toBeVisible();
  await page.goto(`${url}/security`);
  const part = page.getByRole('region', { name: 'Geçiş anahtarları' });
  await part.getByRole('button', { name: 'Geçiş anahtarı ekle' }).click();
  await part.getByLabel('Anahtarın adı').fill('Deneme bilgisayarı');
  await part.getByLabel('Şimdiki parola').fill('bu parola değil');
  await part.getByRole('button', { name: 'Anahtarı oluştur' }).click();
  await expect(part.getByText('Şimdiki parolanız bu değil')).toBeVisible();
  await part.getByLabel('Şimdiki parola').fill(demo.password);
  await part.getByRole('button', { name: 'Anahtarı oluştur' }).click();
  await expect(part.getByRole('listitem')).toContainText('Deneme bilgisayarı');
  await expect(part.getByRole('listitem')).toContainText('Henüz kullanılmadı');

  const enter = page.getByRole('button', { name: 'Geçiş anahtarıyla gir' });
  await page.context().clearCookies();
  await page.goto(`${url}/sign-in`);
  await enter.click();
  await expect(page.getByRole('navigation', { name: 'Ana menü' })).toBeVisible();

  // Whoever cannot unlock the device stays out.
  await page.context().clearCookies();
  await chrome.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await page.goto(`${url}/sign-in`);
  await enter.click();
  await expect(enter).toBeEnabled();
  await expect(page.getByRole('navigation', { name: 'Ana menü' })).toBeHidden();
  await chrome.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
  await enter.click();
  await expect(page.getByRole('navigation', { name: 'Ana menü' })).toBeVisible();

  await page.goto(`${url}/security`);
  await expect(part.getByRole('listitem')).toContainText('Son giriş');
  await part.getByRole('button', { name: 'Deneme bilgisayarı geçiş anahtarını kaldır' }).click();
  await expect(part.getByRole('listitem')).toHaveCount(0);
  await page.context().clearCookies();
  await page.goto(`${url}/sign-in`);
  await enter.click();
  await expect(page.getByText('Bu geçiş anahtarıyla giriş yapılamadı')).toBeVisible();
});
