import type { Page } from '@playwright/test';
import { expect, newCompany, test, violations } from '../fixtures';

async function command(page: Page, text: string, name: string | RegExp = text) {
  await page.keyboard.press('Control+k');
  const box = page.getByRole('combobox', { name: 'Ara ve yap' });
  const palette = page.getByRole('dialog').filter({ has: box });
  await box.fill(text);
  await palette.getByRole('option', { name }).first().click();
  await expect(palette).toHaveCount(0);
}

test('two selected customers are merged from the bar and from the palette, one is not', async ({
  signedIn: page,
  api,
}) => {
  const name = `Birleşen ${Date.now()}`;
  const ids = [(await newCompany(api, `${name} A`)).id, (await newCompany(api, `${name} B`)).id];
  await page.goto(`/customers?search=${encodeURIComponent(name)}`);
  const merge = page.getByRole('button', { name: 'Birleştir', exact: true });
  await page.getByRole('checkbox').nth(1).check();
  await expect(page.getByRole('region', { name: 'Seçim işlemleri' })).toBeVisible();
  await expect(merge).toHaveCount(0);
  await page.getByRole('checkbox').nth(2).check();
  await merge.click();
  await expect(page).toHaveURL(/\/customers\/merge\?ids=/);
  for (const id of ids) expect(page.url()).toContain(String(id));
  await page.goBack();
  await page.getByRole('checkbox').nth(1).check();
  await page.getByRole('checkbox').nth(2).check();
  await command(page, 'Birleştir');
  await expect(page).toHaveURL(/\/customers\/merge\?ids=/);
});

test('the palette does what the page of a customer does, and goes to the settings', async ({ signedIn: page, api }) => {
  const customer = await newCompany(api, `Komut ${Date.now()}`);
  await page.goto(`/customers/${customer.id}`);
  await expect(page.getByRole('heading', { level: 1, name: customer.name })).toBeVisible();
  await command(page, 'Sık kullanılanlara ekle');
  await expect(page.getByRole('button', { name: 'Sık kullanılan' })).toHaveAttribute('aria-pressed', 'true');
  await command(page, 'Bilgileri düzenle');
  await expect(page.getByRole('textbox', { name: 'Firma adı' })).toBeFocused();
  await page.keyboard.press('Escape');
  await command(page, 'Not', /^Not/);
  await expect(page.getByRole('textbox', { name: 'Not yazın' })).toBeFocused();
  await command(page, 'Paylaş');
  await expect(page.getByRole('dialog', { name: 'Paylaş' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await command(page, 'Saklama');
  await expect(page).toHaveURL(/\/settings\/retention$/);
});

test('tabs are moved by menu and keyboard, and the list opens with one of them', async ({ signedIn: page, api }) => {
  const stamp = Date.now();
  const made = [];
  for (const letter of ['A', 'B']) {
    const body = { name: `Sekme ${letter} ${stamp}`, entity: 'customer', criteria: { all: [] }, sharing: 'private' };
    made.push(await api.send('POST', 'views/', body));
  }
  await page.goto(`/customers?view=${made[1].id}`);
  const tabs = page.getByRole('navigation', { name: 'Görünümler' }).getByRole('link');
  await expect(tabs).toHaveText(['Tümü', made[0].name, made[1].name]);
  await page.getByRole('button', { name: 'Görünüm', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Sekmeyi sola taşı' }).click();
  await expect(tabs).toHaveText(['Tümü', made[1].name, made[0].name]);
  await tabs.nth(1).focus();
  await page.keyboard.press('Alt+ArrowRight');
  await expect(tabs).toHaveText(['Tümü', made[0].name, made[1].name]);
  await expect(page.getByText(`${made[1].name}: 2 sekmenin 2. sırasında`)).toBeAttached();
  await page.getByRole('button', { name: 'Görünüm', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Liste bu görünümle açılsın' }).click();
  await expect.poll(async () => (await api.get('me/view-tabs/')).default_id).toBe(made[1].id);
  expect(await violations(page)).toEqual([]);

  await page.goto('/customers');
  await expect(page).toHaveURL(new RegExp(`view=${made[1].id}`));
  await tabs.first().click();
  await expect(page).toHaveURL(/\/customers$/);
  await expect(tabs.first()).toHaveAttribute('aria-current', 'page');
  await page.goto('/customers?search=zz');
  await expect(page).not.toHaveURL(/view=/);
  for (const { id } of made) await api.send('DELETE', `views/${id}/`);
  await page.goto('/customers');
  await expect(page.getByRole('table')).toBeVisible();
  await expect(page).toHaveURL(/\/customers$/);
});
