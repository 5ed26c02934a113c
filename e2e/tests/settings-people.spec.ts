import type { Page } from '@playwright/test';
import { expect, test, violations } from '../fixtures';

const pages = {
  '/settings/profile': 'Profil',
  '/settings/security': 'Güvenlik',
  '/settings/tokens': 'API anahtarları',
  '/settings/organisation': 'Kuruluş',
  '/settings/users': 'Kullanıcılar',
  '/settings/teams': 'Ekipler',
  '/settings/roles': 'Roller',
  '/settings/roles/3': 'Satış temsilcisi',
};

const toast = (page: Page, text: string) => expect(page.getByText(text, { exact: true }).first()).toBeVisible();

test('the settings have pages of their own, and an old address leads on', async ({ signedIn: page }) => {
  await page.goto('/customers');
  await page.getByRole('link', { name: 'Ayarlar' }).click();
  await expect(page).toHaveURL(/\/settings\/profile$/);
  const nav = page.getByRole('navigation', { name: 'Ayarlar' });
  await nav.getByRole('link', { name: 'Ekipler' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Ekipler' })).toBeVisible();
  await expect(nav.getByRole('link', { name: 'Ekipler' })).toHaveAttribute('aria-current', 'page');
  await page.goto('/security');
  await expect(page).toHaveURL(/\/settings\/security$/);
});

test('a user is made with a way to a password, changed, shut out and let in again', async ({ signedIn: page, api }) => {
  const name = `Deneme ${Date.now()}`;
  await page.goto('/settings/users');
  await page.getByRole('button', { name: 'Yeni kullanıcı' }).click();
  const form = page.getByRole('dialog', { name: 'Yeni kullanıcı' });
  await form.getByLabel('Adı soyadı').fill(name);
  await form.getByLabel('E-posta').fill('yarım');
  await form.getByRole('button', { name: 'Oluştur', exact: true }).click();
  await expect(form.getByLabel('E-posta')).toHaveAttribute('aria-invalid', 'true');
  await expect(form.getByLabel('E-posta')).toBeFocused();
  await expect(form.getByLabel('Adı soyadı')).toHaveValue(name);
  await form.getByLabel('E-posta').fill(`d${Date.now()}@ornek.example`);
  await form.getByRole('combobox', { name: 'Roller' }).click();
  await page.getByRole('option', { name: 'Salt okunur' }).click();
  await page.keyboard.press('Escape');
  await form.getByRole('button', { name: 'Oluştur', exact: true }).click();
  const secret = page.getByRole('dialog', { name: `${name} için parola bağlantısı` });
  await expect(secret.getByLabel('Parola bağlantısı')).toHaveValue(/\/new-password/);
  await secret.getByRole('button', { name: 'Tamam' }).click();
  await expect(secret).toHaveCount(0);

  await page.getByRole('searchbox', { name: 'Kullanıcı ara' }).fill(name);
  await expect(page).toHaveURL(/search=/);
  const row = page.getByRole('row', { name: new RegExp(name) });
  await expect(row.getByText('Salt okunur')).toBeVisible();
  await page.getByRole('button', { name: `${name} için işlemler` }).click();
  await page.getByRole('menuitem', { name: 'Hesabı kapat' }).click();
  await page.getByRole('dialog', { name: 'Hesabı kapat' }).getByRole('button', { name: 'Vazgeç' }).click();
  await expect(row.getByText('Etkin')).toBeVisible();
  await page.getByRole('button', { name: `${name} için işlemler` }).click();
  await page.getByRole('menuitem', { name: 'Hesabı kapat' }).click();
  await page.getByRole('dialog', { name: 'Hesabı kapat' }).getByRole('button', { name: 'Hesabı kapat' }).click();
  await expect(row.getByText('Kapalı')).toBeVisible();
  await page.getByRole('button', { name: `${name} için işlemler` }).click();
  await expect(page.getByRole('menuitem', { name: 'Parola bağlantısı' })).toHaveCount(0);
  await page.getByRole('menuitem', { name: 'Hesabı aç' }).click();
  await expect(row.getByText('Etkin')).toBeVisible();
  const { results } = await api.get(`users/?search=${encodeURIComponent(name)}`);
  expect(results[0].is_active).toBe(true);
});

test('a team is made below another, moved and deleted; one with people is not', async ({ signedIn: page }) => {
  const name = `Bölge ${Date.now()}`;
  await page.goto('/settings/teams');
  await page.getByRole('button', { name: 'Satış ekibi için işlemler' }).click();
  await page.getByRole('menuitem', { name: 'Altına ekip ekle' }).click();
  const form = page.getByRole('dialog', { name: 'Yeni ekip' });
  await expect(form.getByRole('combobox', { name: 'Üst ekip' })).toHaveValue('Satış');
  await form.getByLabel('Ekip', { exact: true }).fill(name);
  await form.getByRole('button', { name: 'Oluştur', exact: true }).click();
  const row = page.getByRole('row', { name: new RegExp(name) });
  await expect(row.getByText('Satış')).toBeVisible();
  await row.getByRole('button', { name, exact: true }).click();
  const change = page.getByRole('dialog', { name });
  // What is chosen once more is chosen no longer.
  await change.getByRole('combobox', { name: 'Üst ekip' }).click();
  await page.getByRole('option', { name: 'Satış' }).click();
  await change.getByRole('button', { name: 'Kaydet' }).click();
  await expect(row.getByText('En üstte')).toBeVisible();
  await page.getByRole('button', { name: `${name} ekibi için işlemler` }).click();
  await page.getByRole('menuitem', { name: 'Sil' }).click();
  await page.getByRole('dialog', { name: 'Ekibi sil' }).getByRole('button', { name: 'Sil' }).click();
  await expect(row).toHaveCount(0);

  await page.getByRole('button', { name: 'East ekibi için işlemler' }).click();
  await page.getByRole('menuitem', { name: 'Sil' }).click();
  await page.getByRole('dialog', { name: 'Ekibi sil' }).getByRole('button', { name: 'Sil' }).click();
  await toast(page, 'Bu ekipte kullanıcılar var; önce onları başka ekibe geçirin.');
  await expect(page.getByRole('row', { name: /East/ })).toBeVisible();
});

test('a role is copied, narrowed by keyboard, a rule and a field, and kept', async ({ signedIn: page, api }) => {
  const name = `Ege satış ${Date.now()}`;
  await page.goto('/settings/roles');
  await page.getByRole('button', { name: 'Satış temsilcisi rolü için işlemler' }).click();
  await expect(page.getByRole('menuitem', { name: 'Sil' })).toHaveCount(0);
  await page.getByRole('menuitem', { name: 'Kopyala' }).click();
  await expect(page.getByLabel('Rol adı')).toHaveValue('Satış temsilcisi (kopya)');
  await page.getByLabel('Rol adı').fill(name);
  const line = page.getByRole('row', { name: /Müşterileri görmek/ });
  await line.getByRole('radio', { name: /Kendi/ }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(line.getByRole('radio', { name: /Ekibi/ })).toBeChecked();
  const rule = page.getByRole('region', { name: 'Hangi müşteriler' });
  await rule.getByRole('button', { name: 'Filtre' }).click();
  await page.getByRole('combobox', { name: 'Alan', exact: true }).fill('il');
  await page.getByRole('option', { name: 'İl', exact: true }).click();
  await page.getByLabel('Değer').fill('İzmir');
  await page.getByRole('button', { name: 'Uygula' }).click();
  await expect(rule.getByText(/Yalnızca şu müşteriler: .*İzmir/)).toBeVisible();
  await expect(page).toHaveURL(/\/settings\/roles\/new/);
  const fields = page.getByRole('region', { name: 'Gizli ve salt okunur alanlar' });
  await fields.getByRole('combobox', { name: 'Alan ekle' }).fill('yıllık');
  await page.getByRole('option').first().click();
  await expect(fields.getByRole('listitem')).toHaveCount(1);
  await page.getByRole('button', { name: 'Oluştur', exact: true }).click();
  await expect(page).toHaveURL(/\/settings\/roles$/);
  await expect(page.getByRole('row', { name: new RegExp(name) })).toContainText('Belirli kayıtlar, 1 alan');
  const { results } = await api.get('roles/');
  const made = results.find((role: { name: string }) => role.name === name);
  expect(made.grants).toMatchObject({ 'customer.read': 'team', 'customer.write': 'own' });
  expect(made.fields.customer).toEqual({ annual_revenue: 'hidden' });
  expect(made.is_builtin).toBe(false);
  expect(results.find((role: { code: string }) => role.code === 'sales_rep').grants['customer.read']).toBe('own');
});

test('a token is told once and then revoked', async ({ signedIn: page, api }) => {
  await page.goto('/settings/tokens');
  await page.getByRole('button', { name: 'Yeni anahtar' }).click();
  const form = page.getByRole('dialog', { name: 'Yeni anahtar' });
  await form.getByLabel('Ad', { exact: true }).fill('Aktarım');
  await form.getByRole('button', { name: 'Oluştur', exact: true }).click();
  await expect(form.getByText('En az bir yetki verin')).toBeVisible();
  await form.getByRole('combobox', { name: 'Yetkiler' }).fill('müşterileri gör');
  await page.getByRole('option', { name: 'Müşterileri görmek' }).click();
  await page.keyboard.press('Escape');
  await form.getByRole('button', { name: 'Oluştur', exact: true }).click();
  const secret = page.getByRole('dialog', { name: 'Aktarım oluşturuldu' });
  await expect(secret.getByLabel('Anahtar')).toHaveValue(/\S{20,}/);
  await secret.getByRole('button', { name: 'Tamam' }).click();
  const row = page.getByRole('row', { name: /Aktarım/ });
  await expect(row.getByText('Müşterileri görmek')).toBeVisible();
  await row.getByRole('button', { name: 'Aktarım anahtarını iptal et' }).click();
  await page.getByRole('dialog', { name: 'İptal et' }).getByRole('button', { name: 'İptal et' }).click();
  await expect(row).toHaveCount(0);
  expect((await api.get('tokens/')).results).toEqual([]);
});

test('the pattern of codes shows what it makes, and profile and organisation are kept', async ({
  signedIn: page,
  api,
}) => {
  await page.goto('/settings/organisation');
  const pattern = page.getByLabel('Müşteri kodu kalıbı');
  await expect(page.getByText('Örneğin M-000001')).toBeVisible();
  await pattern.fill('{MM}');
  await expect(page.getByText(/Bu kalıpla kod üretilemez/)).toBeVisible();
  await pattern.fill('K-{000}');
  await expect(page.getByText('Örneğin K-001')).toBeVisible();
  await page.getByRole('button', { name: 'Kaydet', exact: true }).click();
  await toast(page, 'Kaydedildi.');
  expect((await api.get('organisation/')).customer_code_pattern).toBe('K-{000}');
  await api.send('PATCH', 'organisation/', { customer_code_pattern: '' });
  await page.goto('/settings/profile');
  await page.getByLabel('Adınız soyadınız').fill('Deniz Yönetici Kaya');
  await page.getByRole('button', { name: 'Kaydet', exact: true }).click();
  await expect(page.getByTitle('Ayarlarınız')).toContainText('Deniz Yönetici Kaya');
  await api.send('PATCH', 'me/', { name: 'Deniz Yönetici' });
});

test('who manages nothing sees only their own pages', async ({ page, demo }) => {
  await page.goto('/sign-in');
  await page.getByLabel('E-posta').fill('boris.faz@ornek.example');
  await page.getByLabel('Parola', { exact: true }).fill(demo.password);
  await page.getByRole('button', { name: 'Giriş yap' }).click();
  await page.getByRole('link', { name: 'Ayarlar' }).click();
  const nav = page.getByRole('navigation', { name: 'Ayarlar' });
  await expect(nav.getByRole('link')).toHaveText(['Profil', 'Güvenlik', 'API anahtarları']);
});

for (const theme of ['light', 'dark'] as const) {
  test.describe(theme, () => {
    test.use({ me: { locale: 'tr', theme } });
    test('nothing is wrong by axe', async ({ signedIn: page }) => {
      await page.emulateMedia({ reducedMotion: 'reduce' });
      for (const [path, title] of Object.entries({
        ...pages,
        '/settings/users?user=3': 'Kullanıcılar',
        '/settings/teams?team=2': 'Ekipler',
        '/settings/tokens?new=1': 'API anahtarları',
      })) {
        await page.goto(path);
        await expect(page.getByRole('heading', { level: 1, name: title, includeHidden: true })).toBeVisible();
        await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
        if (path.includes('?')) await expect(page.getByRole('dialog')).toBeVisible();
        expect(await violations(page), path).toEqual([]);
      }
    });
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  test('all pages fit the width, and a choice leads from one to the other', async ({ signedIn: page }) => {
    for (const [path, title] of Object.entries(pages)) {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
      await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(390);
    }
    await page.getByRole('combobox', { name: 'Ayar sayfası' }).click();
    await page.getByRole('option', { name: 'Ekipler' }).click();
    await expect(page).toHaveURL(/\/settings\/teams$/);
  });
});
