import type { Page } from '@playwright/test';
import { type Api, expect, newCompany, test, violations } from '../fixtures';

/** A company with everything on it that the page shows. */
async function furnished(api: Api, name: string) {
  const company = await newCompany(api, name, {
    primary_email: 'bilgi@ornek.com.tr',
    primary_phone: '0532 123 45 67',
    industry: 'Tekstil',
    tags: ['VIP'],
  });
  const person = await api.send('POST', 'customers/', {
    customer_type: 'individual',
    first_name: 'Ayşe',
    last_name: `Yılmaz ${company.id}`,
    primary_phone: '0533 765 43 21',
    primary_email: `ayse.${company.id}@ornek.com.tr`,
  });
  const path = `customers/${company.id}`;
  await api.send('POST', `${path}/relations/`, { other_id: person.id, role: 'contact', title: 'Satın alma' });
  await api.send('POST', `${path}/addresses/`, { line: 'Bağdat Cad. 12', district: 'Kadıköy', city: 'İstanbul' });
  await api.send('POST', `${path}/consents/`, {
    channel: 'sms',
    purpose: 'marketing',
    status: 'granted',
    source: 'paper',
    evidence: 'Form 12',
  });
  await api.send('POST', `${path}/notes/`, { body: 'Cuma aranacak', is_pinned: true });
  await api.send('POST', `${path}/notes/`, { body: 'Teklif istedi' });
  return { company, person };
}

const composer = (page: Page) => page.getByRole('textbox', { name: 'Not yazın' });

test('the head says who it is and how to reach them', async ({ signedIn: page, api }) => {
  const name = `Baş ${Date.now()}`;
  const { company, person } = await furnished(api, name);
  await page.goto(`/customers/${company.id}`);
  await expect(page.getByRole('link', { name: 'Ara', exact: true })).toHaveAttribute('href', 'tel:+905321234567');
  await expect(page.getByRole('link', { name: 'WhatsApp' })).toHaveAttribute('href', 'https://wa.me/905321234567');
  await expect(page.getByRole('link', { name: 'E-posta', exact: true })).toHaveAttribute(
    'href',
    'mailto:bilgi@ornek.com.tr',
  );
  const contacts = page.getByRole('region', { name: 'İlgili kişiler' });
  await expect(contacts.getByRole('link', { name: person.name })).toBeVisible();
  await expect(contacts.getByRole('link', { name: '+90 533 765 43 21' })).toBeVisible();
  await expect(contacts).toContainText('Satın alma');
  await expect(page.getByRole('region', { name: 'Adresler' })).toContainText('Bağdat Cad. 12, Kadıköy, İstanbul');
  await expect(page.getByRole('region', { name: 'İzinler' })).toContainText('Form 12');
});

test('a note is written, changed, pinned, deleted and brought back', async ({ signedIn: page, api }) => {
  const customer = await newCompany(api, `Not ${Date.now()}`);
  await page.goto(`/customers/${customer.id}`);
  await composer(page).fill('Yarın aranacak');
  await page.reload();
  await expect(composer(page)).toHaveValue('Yarın aranacak');
  expect((await api.get(`customers/${customer.id}/notes/`)).count).toBe(0);

  await composer(page).press('Control+Enter');
  const entry = page.getByRole('listitem').filter({ hasText: 'Yarın aranacak' });
  await expect(entry).toBeVisible();
  await expect(composer(page)).toHaveValue('');

  await entry.getByRole('button', { name: 'Not işlemleri' }).click();
  await page.getByRole('menuitem', { name: 'Notu düzenle' }).click();
  const editor = page.getByRole('textbox', { name: 'Notu düzenle' });
  await editor.fill('Pazartesi aranacak');
  await editor.press('Control+Enter');
  await expect(page.getByText('Pazartesi aranacak')).toBeVisible();

  await page.getByRole('button', { name: 'Not işlemleri' }).click();
  await page.getByRole('menuitem', { name: 'Üste sabitle' }).click();
  const pinned = page.getByRole('list', { name: 'Sabitlenen notlar' });
  await expect(pinned).toContainText('Pazartesi aranacak');

  await pinned.getByRole('button', { name: 'Not işlemleri' }).click();
  await page.getByRole('menuitem', { name: 'Sil' }).click();
  await expect(page.getByText('Not silindi.')).toBeVisible();
  await expect(pinned).toHaveCount(0);
  await page.getByRole('alert').filter({ hasText: 'Not silindi.' }).getByRole('button', { name: 'Geri al' }).click();
  await expect(pinned).toContainText('Pazartesi aranacak');
  expect((await api.get(`customers/${customer.id}/notes/`)).count).toBe(1);
});

test('the server stops in the middle: nothing typed is lost, and it goes on', async ({ signedIn: page, api, demo }) => {
  const customer = await newCompany(api, `Kesinti ${Date.now()}`, { industry: 'Tekstil' });
  await page.goto(`/customers/${customer.id}`);
  const industry = page.getByTitle('Sektör alanını düzenle');
  await industry.click();
  const field = page.getByRole('textbox', { name: 'Sektör' });
  await field.fill('Gıda');
  await demo.halt();
  try {
    await field.press('Enter');
    await expect(page.getByText(/Yazdığınız burada duruyor; Enter/)).toBeVisible();
    await expect(field).toHaveValue('Gıda');

    await composer(page).fill('Sunucu yokken yazıldı');
    await composer(page).press('Control+Enter');
    await expect(page.getByRole('alert').filter({ hasText: 'Yazdığınız burada duruyor.' })).toBeVisible();
    await expect(composer(page)).toHaveValue('Sunucu yokken yazıldı');

    await page.getByRole('button', { name: 'İletişim kanalları: ekle' }).click();
    await page.getByRole('textbox', { name: 'Değer' }).fill('0532 123 45 67');
    await page.getByRole('button', { name: 'Kaydet', exact: true }).click();
    await expect(page.getByRole('dialog').getByText(/Sunucuya ulaşılamıyor/)).toBeVisible();
    await expect(page.getByRole('textbox', { name: 'Değer' })).toHaveValue('0532 123 45 67');
  } finally {
    await demo.resume();
  }
  await page.getByRole('button', { name: 'Kaydet', exact: true }).click();
  await expect(page.getByRole('region', { name: 'İletişim kanalları' }).getByRole('link')).toHaveText(
    '+90 532 123 45 67',
  );
  await composer(page).press('Control+Enter');
  await expect(composer(page)).toHaveValue('');
  await field.press('Enter');
  await expect(industry).toHaveText('Gıda');

  expect((await api.get(`customers/${customer.id}/`)).industry).toBe('Gıda');
  expect((await api.get(`customers/${customer.id}/notes/`)).count).toBe(1);
});

test('the conflict dialog shows yours, theirs and what was before', async ({ signedIn: page, api }) => {
  const customer = await newCompany(api, `Çatışma ${Date.now()}`, { industry: 'Tekstil' });
  await page.route('**/events/stream/', (route) => route.abort());
  await page.goto(`/customers/${customer.id}`);
  await page.getByTitle('Sektör alanını düzenle').click();
  await api.send('PATCH', `customers/${customer.id}/`, { industry: 'Gıda', website: 'https://ornek.com.tr' });
  await page.getByRole('textbox', { name: 'Sektör' }).fill('Sağlık');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Aynı anda başkası da değiştirdi' });
  await expect(dialog.getByText('Önceki değer: Tekstil')).toBeVisible();
  await expect(dialog.getByLabel('Sizinki: Sağlık')).toBeVisible();
  await expect(dialog.getByRole('radiogroup')).toHaveCount(1);
  await dialog.getByLabel('Onunki: Gıda').check();
  await dialog.getByRole('button', { name: 'Seçilenleri kaydet' }).click();
  await expect(dialog).toHaveCount(0);
  expect((await api.get(`customers/${customer.id}/`)).industry).toBe('Gıda');
});

test('a contact person is added by search and made the first one', async ({ signedIn: page, api }) => {
  const { person } = await furnished(api, `Kaynak ${Date.now()}`);
  const customer = await newCompany(api, `İlişki ${Date.now()}`);
  await page.goto(`/customers/${customer.id}`);
  await page.getByRole('button', { name: 'İlgili kişiler: ekle' }).click();
  await page.getByRole('combobox', { name: 'Müşteri' }).fill(person.last_name);
  await page.getByRole('option', { name: new RegExp(person.name) }).click();
  await page.getByRole('textbox', { name: 'Unvan' }).fill('Müdür');
  await page.getByRole('button', { name: 'Kaydet', exact: true }).click();
  const contacts = page.getByRole('region', { name: 'İlgili kişiler' });
  await expect(contacts).toContainText('İlgili kişi · Müdür');
  await contacts.getByRole('button', { name: `${person.name}: işlemler` }).click();
  await page.getByRole('menuitem', { name: 'Birincil yap' }).click();
  await expect(contacts).toContainText('Birincil');
});

test('a favourite stays one', async ({ signedIn: page, api }) => {
  const customer = await newCompany(api, `Yıldız ${Date.now()}`);
  await page.goto(`/customers/${customer.id}`);
  const star = page.getByRole('button', { name: 'Sık kullanılan' });
  await expect(star).toHaveAttribute('aria-pressed', 'false');
  await star.click();
  await expect(star).toHaveAttribute('aria-pressed', 'true');
  await expect
    .poll(async () => (await api.get('me/favourites/')).results.map(({ id }: { id: number }) => id))
    .toContain(customer.id);
  await page.reload();
  await expect(star).toHaveAttribute('aria-pressed', 'true');
});

test('who else is here is said', async ({ signedIn: page, api }) => {
  const customer = await newCompany(api, `Burada ${Date.now()}`);
  const others = [{ id: 99, name: 'Ayşe Demir', state: 'editing', since: new Date().toISOString() }];
  const states: string[] = [];
  await page.route('**/here/', (route) => {
    states.push(route.request().postDataJSON().state);
    return route.fulfill({ json: { others } });
  });
  await page.goto(`/customers/${customer.id}`);
  await expect(page.getByText('Ayşe Demir düzenliyor')).toBeVisible();
  expect(new Set(states)).toEqual(new Set(['viewing']));
  await composer(page).click();
  await expect.poll(() => states.at(-1)).toBe('editing');
});

test('a customer is shared and it is said who may see it', async ({ signedIn: page, api }) => {
  const customer = await newCompany(api, `Paylaşım ${Date.now()}`);
  const more = page.getByRole('button', { name: 'Diğer işlemler' });
  await page.goto(`/customers/${customer.id}`);
  await more.click();
  await page.getByRole('menuitem', { name: 'Paylaş' }).click();
  const drawer = page.getByRole('dialog', { name: 'Paylaş' });
  await drawer.getByRole('combobox', { name: 'Kiminle' }).fill('Moses');
  await page.getByRole('option', { name: 'Moses Frase' }).click();
  await drawer.getByRole('button', { name: 'Paylaş', exact: true }).click();
  await expect(drawer.getByRole('listitem')).toContainText('Moses Frase');
  await drawer.getByRole('button', { name: 'Moses Frase ile paylaşımı bitir' }).click();
  await expect(drawer.getByText('Henüz kimseyle paylaşılmadı.')).toBeVisible();
  await page.keyboard.press('Escape');

  await more.click();
  await page.getByRole('menuitem', { name: 'Kim görebilir?' }).click();
  await page.getByRole('combobox', { name: 'Kullanıcı' }).fill('Moses');
  await page.getByRole('option', { name: 'Moses Frase' }).click();
  await expect(page.getByRole('dialog').getByRole('listitem').first()).toContainText('Görebilir');
});

test('nobody is erased by a slip', async ({ signedIn: page, api }) => {
  const name = `Silinecek ${Date.now()}`;
  const customer = await newCompany(api, name);
  await page.goto(`/customers/${customer.id}`);
  await page.getByRole('button', { name: 'Diğer işlemler' }).click();
  await page.getByRole('menuitem', { name: 'Kalıcı olarak anonimleştir…' }).click();
  const dialog = page.getByRole('dialog');
  const erase = dialog.getByRole('button', { name: 'Kalıcı olarak anonimleştir' });
  await dialog.getByLabel('Gerekçe').fill('Başvuru 7');
  await dialog.getByLabel(/Onaylamak için/).fill('başka biri');
  await expect(erase).toBeDisabled();
  await dialog.getByLabel(/Onaylamak için/).fill(name);
  await erase.click();
  await expect(page).toHaveURL(/\/customers$/);
  expect((await api.get(`customers/${customer.id}/`)).name).not.toContain('Silinecek');
});

test('on a phone one part is shown at a time, and nothing sticks out', async ({ signedIn: page, api }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const { company } = await furnished(api, `Telefon ${Date.now()}`);
  await page.goto(`/customers/${company.id}`);
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  await expect(page.getByTitle('Sektör alanını düzenle')).toBeVisible();
  await expect(composer(page)).toBeHidden();
  expect(await width()).toBe(390);
  await page.getByRole('radiogroup').getByText('Geçmiş').click();
  await expect(page).toHaveURL(/tab=history/);
  await expect(composer(page)).toBeVisible();
  await expect(page.getByTitle('Sektör alanını düzenle')).toBeHidden();
  expect(await width()).toBe(390);
  await page.getByRole('radiogroup').getByText('Bağlantılar').click();
  await expect(page.getByRole('region', { name: 'Adresler' })).toBeVisible();
  expect(await width()).toBe(390);
});

for (const theme of ['light', 'dark'] as const) {
  test.describe(theme, () => {
    test.use({ me: { locale: 'tr', theme } });
    test('axe finds nothing on the page, its forms and its menu', async ({ signedIn: page, api }) => {
      await page.emulateMedia({ reducedMotion: 'reduce' });
      const { company } = await furnished(api, `Erişim ${Date.now()}`);
      await page.goto(`/customers/${company.id}`);
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme);
      await expect(page.getByRole('link', { name: '+90 533 765 43 21' })).toBeVisible();
      await composer(page).fill('taslak');
      expect(await violations(page)).toEqual([]);

      await page.getByRole('button', { name: 'Adresler: ekle' }).click();
      await page.getByRole('combobox', { name: 'İl', exact: true }).fill('İstanbul');
      await page.getByRole('combobox', { name: 'İlçe' }).fill('Kad');
      await expect(page.getByRole('option', { name: 'Kadıköy' })).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Vazgeç' }).click();

      await page.getByRole('button', { name: 'Diğer işlemler' }).click();
      await page.getByRole('menuitem', { name: 'Kalıcı olarak anonimleştir…' }).click();
      await expect(page.getByRole('dialog').getByLabel('Gerekçe')).toBeFocused();
      expect(await violations(page)).toEqual([]);
    });
  });
}
