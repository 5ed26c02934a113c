import { expect, newCompany, test } from '../fixtures';

test('a day of work without a mouse: sign in, find, change, note, undo', async ({ page, api, demo }) => {
  const stamp = Date.now();
  const customer = await newCompany(api, `Klavye ${stamp}`, { industry: 'Tekstil' });
  await page.context().clearCookies();
  const { keyboard } = page;
  const inFocus = () => page.locator(':focus');

  await page.goto('/');
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByLabel('E-posta')).toBeFocused();
  await keyboard.type(demo.email);
  await keyboard.press('Tab');
  await expect(page.getByLabel('Parola', { exact: true })).toBeFocused();
  await keyboard.type(demo.password);
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Müşteriler' })).toBeVisible();

  const palette = page.getByRole('combobox', { name: 'Ara ve yap' });
  const command = async (words: string, option: string | RegExp) => {
    await keyboard.press('Control+k');
    await expect(palette).toBeFocused();
    await keyboard.type(words);
    await expect(page.getByRole('option', { name: option }).first()).toHaveAttribute('aria-selected', 'true');
    await keyboard.press('Enter');
    await expect(palette).toHaveCount(0);
  };
  await command(`klavye ${stamp}`, customer.name);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(customer.name);

  await command('bilgileri', 'Bilgileri düzenle');
  await expect(page.getByRole('textbox', { name: 'Firma adı' })).toBeFocused();
  await keyboard.press('End');
  await keyboard.type(' A.Ş.');
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${customer.name} A.Ş.`);
  await expect(page.getByTitle('Firma adı alanını düzenle')).toBeFocused();

  // From one fact on to the next.
  await keyboard.press('Tab');
  await expect(inFocus()).toHaveText('Tekstil');
  await keyboard.press('Enter');
  await keyboard.press('Control+a');
  await keyboard.type('Gıda');
  await keyboard.press('Enter');
  await expect(page.getByTitle('Sektör alanını düzenle')).toHaveText('Gıda');

  await command('not yaz', /^Not yaz/);
  await expect(page.getByRole('textbox', { name: 'Not yazın' })).toBeFocused();
  await keyboard.type('Klavyeyle yazıldı.');
  await keyboard.press('Control+Enter');
  const note = page.getByText('Klavyeyle yazıldı.');
  await expect(note).toBeVisible();

  await command('geri', 'Geri al');
  await expect(note).toHaveCount(0);
  expect((await api.get(`customers/${customer.id}/notes/`)).results).toEqual([]);

  // Outside of a field the key that undoes everywhere does so here.
  await command('bilgileri', 'Bilgileri düzenle');
  await expect(page.getByRole('textbox', { name: 'Firma adı' })).toBeFocused();
  await keyboard.press('Control+a');
  await keyboard.type(`Yanlış ${stamp}`);
  const saved = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Yanlış ${stamp}`);
  await saved;
  await keyboard.press('Control+z');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${customer.name} A.Ş.`);
  const kept = await api.get(`customers/${customer.id}/`);
  expect([kept.company_name, kept.industry]).toEqual([`${customer.name} A.Ş.`, 'Gıda']);
});
