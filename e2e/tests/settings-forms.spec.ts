import type { Page } from '@playwright/test';
import { type Api, expect, test, violations } from '../fixtures';

const unique = (name: string) => `${name} ${Date.now()}`;
const fields = (page: Page) => page.getByRole('list', { name: 'Sorulan alanlar' }).getByRole('listitem');
const preview = (page: Page) => page.frameLocator('iframe[title=Önizleme]');

/** A form of its own that strangers may fill in at once. */
async function newForm(api: Api, name: string, content: Record<string, unknown> = {}) {
  const form = await api.send('POST', 'forms/', { name, is_active: true });
  return api.send('PATCH', `forms/${form.id}/`, { content: { ...form.content, min_seconds: 0, ...content } });
}

test('a form is made, arranged, looked at while it is written, and saved', async ({ signedIn: page, api }) => {
  const name = unique('Fuar kaydı');
  await page.goto('/settings/forms');
  await page.getByRole('button', { name: 'Yeni form' }).first().click();
  const drawer = page.getByRole('dialog', { name: 'Yeni form' });
  await drawer.getByRole('button', { name: 'Oluştur' }).click();
  await expect(drawer.getByLabel('Ad')).toHaveAttribute('aria-invalid', 'true');
  await drawer.getByLabel('Ad').fill(name);
  await drawer.getByRole('button', { name: 'Oluştur' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page).toHaveURL(/\/settings\/forms\/\d+$/);
  const id = Number(/forms\/(\d+)/.exec(page.url())?.[1]);
  await expect(page.getByRole('button', { name: 'Kaydet', exact: true })).toBeDisabled();

  // A field is added, named and moved by keyboard; the preview follows.
  const before = await fields(page).count();
  await page.getByRole('combobox', { name: 'Alan ekle' }).click();
  await page.getByRole('option', { name: 'Sektör', exact: true }).click();
  await expect(fields(page)).toHaveCount(before + 1);
  await fields(page).last().getByLabel('Başlık').fill('Çalıştığınız alan');
  await expect(preview(page).getByLabel('Çalıştığınız alan')).toBeVisible();
  await page.getByRole('button', { name: /^Çalıştığınız alan/ }).focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(fields(page).nth(before - 1)).toContainText('Çalıştığınız alan');

  // What lacks is said while it lacks, and the last good preview stays.
  await page.getByRole('button', { name: 'İzin ekle' }).click();
  const text = page.getByLabel('Kutunun yanındaki metin');
  await expect(text).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByText('Hatalar giderilince yenilenir.')).toBeVisible();
  await text.fill('Kampanyalarınızı almak istiyorum.');
  await expect(page.getByText('İngilizce metinlerde eksik var')).toBeVisible();
  await page.getByRole('radiogroup', { name: 'Formun dili' }).getByText('İngilizce').click();
  await expect(page).toHaveURL(/lang=en/);
  await page.getByLabel('Kutunun yanındaki metin').fill('I want your offers.');
  await expect(preview(page).getByText('I want your offers.')).toBeVisible();
  await expect(preview(page).getByRole('checkbox').last()).not.toBeChecked();

  // A step back takes the whole text back, and forth again.
  await page.getByRole('button', { name: 'Bir adım geri' }).click();
  await expect(page.getByLabel('Kutunun yanındaki metin')).toHaveValue('');
  await page.getByRole('button', { name: 'Bir adım ileri' }).click();
  await expect(page.getByLabel('Kutunun yanındaki metin')).toHaveValue('I want your offers.');

  // Nothing is kept before it is saved.
  expect((await api.get(`forms/${id}/`)).content.consents).toEqual([]);
  await page.getByRole('button', { name: 'Kaydet', exact: true }).click();
  await expect(page.getByText(`${name} kaydedildi.`)).toBeVisible();
  await expect(page.getByText('Her şey kaydedildi.')).toBeVisible();
  const kept = (await api.get(`forms/${id}/`)).content;
  expect(kept.consents).toMatchObject([{ channel: 'email', purpose: 'marketing', text_en: 'I want your offers.' }]);
  expect(kept.fields[before - 1]).toMatchObject({ field: 'industry', label_tr: 'Çalıştığınız alan' });

  await page.getByText(`${name} kaydedildi.`).locator('..').getByRole('button', { name: 'Geri al' }).click();
  await expect(page.getByText('Geri alındı.')).toBeVisible();
  await expect(page.getByText('Çalıştığınız alan')).toHaveCount(0);
  expect((await api.get(`forms/${id}/`)).content.consents).toEqual([]);
});

test('what a form refuses stands at its field, and nothing is lost', async ({ signedIn: page, api }) => {
  const form = await newForm(api, unique('Hatalı'));
  const other = await newForm(api, unique('Öteki'));
  await page.goto(`/settings/forms/${form.id}`);
  await page.getByLabel('Adres', { exact: true }).fill(other.slug);
  await page.getByLabel('Form başlığı').fill('Yeni başlık');
  await page.getByRole('button', { name: 'Kaydet', exact: true }).click();
  await expect(page.getByText('Bu adres başka bir formda.')).toBeVisible();
  await expect(page.getByLabel('Form başlığı')).toHaveValue('Yeni başlık');
  expect((await api.get(`forms/${form.id}/`)).content.title_tr).toBe('Bize ulaşın');

  // Nobody could be answered.
  await page.getByRole('button', { name: 'E-posta alanını formdan kaldır' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'E-posta ya da telefon sorulmalı' })).toBeVisible();
});

test('unsaved changes are not lost by leaving', async ({ signedIn: page, api }) => {
  const form = await newForm(api, unique('Yarım'));
  await page.goto(`/settings/forms/${form.id}`);
  await page.getByLabel('Form başlığı').fill('Yarım kaldı');
  // To another part of the same page one goes freely.
  await page.getByRole('link', { name: 'Siteye ekle' }).click();
  await page.getByRole('link', { name: 'Düzenle' }).click();
  await expect(page.getByLabel('Form başlığı')).toHaveValue('Yarım kaldı');
  await page.getByRole('link', { name: 'Tüm formlar' }).click();
  const question = page.getByRole('dialog', { name: 'Kaydetmeden çıkılsın mı?' });
  await question.getByRole('button', { name: 'Burada kal' }).click();
  await expect(page.getByLabel('Form başlığı')).toHaveValue('Yarım kaldı');
  await page.getByRole('link', { name: 'Tüm formlar' }).click();
  await question.getByRole('button', { name: 'Kaydetmeden çık' }).click();
  await expect(page).toHaveURL(/\/settings\/forms$/);
  expect((await api.get(`forms/${form.id}/`)).content.title_tr).toBe('Bize ulaşın');
});

test('what others saved meanwhile is not overwritten unasked', async ({ signedIn: page, api }) => {
  const form = await newForm(api, unique('Birlikte'));
  await page.goto(`/settings/forms/${form.id}`);
  await page.getByLabel('Form başlığı').fill('Benimki');
  await api.send('PATCH', `forms/${form.id}/`, { content: { ...form.content, title_tr: 'Onunki' } });
  await page.getByRole('button', { name: 'Kaydet', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Siz düzenlerken başkası kaydetti' })).toBeVisible();
  expect((await api.get(`forms/${form.id}/`)).content.title_tr).toBe('Onunki');
  await expect(page.getByLabel('Form başlığı')).toHaveValue('Benimki');
  await page.getByRole('button', { name: 'Benimkini kaydet' }).click();
  await expect(page.getByText('Her şey kaydedildi.')).toBeVisible();
  expect((await api.get(`forms/${form.id}/`)).content.title_tr).toBe('Benimki');
});

test('what a stranger sends in is listed, counted, and shown as text', async ({ signedIn: page, api }) => {
  const form = await newForm(api, unique('Açık'));
  const payload = '<img src=x onerror=alert(1)>';
  await page.goto(`/f/${form.slug}?utm_source=fuar`);
  await page.getByLabel(/^Adı/).fill('Yabancı');
  await page.getByLabel(/^Soyadı/).fill(payload);
  await page.getByLabel(/^E-posta/).fill(`yabanci${Date.now()}@ornek.example`);
  await page.getByRole('button', { name: 'Gönder' }).click();
  await expect(page.getByText('Teşekkürler.')).toBeVisible({ timeout: 20_000 });

  await page.goto(`/settings/forms/${form.id}?tab=submissions`);
  const row = page.getByRole('row', { name: /Yabancı/ });
  await expect(row).toContainText(payload);
  await expect(row).toContainText('Kabul edildi');
  await expect(row).toContainText('fuar');
  await row.getByRole('button', { name: /ayrıntısı/ }).click();
  const details = page.getByRole('dialog');
  await expect(details.getByText('UTM kaynağı')).toBeVisible();
  await expect(details.getByText(payload).last()).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('combobox', { name: 'Durum' }).click();
  await page.getByRole('option', { name: 'Onay bekliyor' }).click();
  await expect(page.getByRole('heading', { name: 'Gönderim yok' })).toBeVisible();

  await page.getByRole('link', { name: 'Sayılar' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Yeni aday' })).toContainText('1');
  await expect(page.getByRole('row', { name: /fuar/ })).toBeVisible();

  // It was filled in: it can be archived, not deleted.
  await page.goto('/settings/forms');
  await page.getByRole('button', { name: `${form.name} formunu sil` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sil' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByRole('link', { name: form.name, exact: true })).toBeVisible();
  await page.getByRole('button', { name: `${form.name} formunu arşivle` }).click();
  await expect(page.getByRole('link', { name: form.name, exact: true })).toHaveCount(0);
  await page
    .getByText(/arşivlendi/)
    .locator('..')
    .getByRole('button', { name: 'Geri al' })
    .click();
  await expect(page.getByRole('link', { name: form.name, exact: true })).toBeVisible();
});

test('a form is opened and closed, and its codes are there to copy', async ({ signedIn: page, api }) => {
  const form = await api.send('POST', 'forms/', { name: unique('Kapalı'), is_active: false });
  await page.goto(`/settings/forms/${form.id}?tab=embed`);
  await expect(page.getByText('Form kapalı; açılana kadar kimse dolduramaz.')).toBeVisible();
  await expect(page.getByText('Önce Düzenle bölümünde sitenizi izinli sitelere ekleyin.').first()).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Betik' })).toHaveValue(new RegExp(`${form.slug}\\.js`));
  await expect(page.getByRole('textbox', { name: 'Çerçeve' })).toHaveValue(/^<iframe/);
  const opened = page.getByRole('switch', { name: 'Açık' });
  await opened.focus();
  await page.keyboard.press('Space');
  await expect(opened).toBeChecked();
  await expect(page.getByText('Form kapalı')).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Sayfası' })).toHaveAttribute('href', new RegExp(`/f/${form.slug}$`));
  expect((await api.get(`forms/${form.id}/`)).is_active).toBe(true);
});

const screens: Record<string, (id: number) => string> = {
  forms: () => '/settings/forms',
  'a new form': () => '/settings/forms?open=new',
  builder: (id) => `/settings/forms/${id}`,
  embedding: (id) => `/settings/forms/${id}?tab=embed`,
  submissions: (id) => `/settings/forms/${id}?tab=submissions`,
  figures: (id) => `/settings/forms/${id}?tab=figures`,
};

async function settled(page: Page, path: string) {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(path);
  await expect(page.getByRole('heading', { level: 1, includeHidden: true })).toBeAttached();
  await expect(page.locator('[aria-busy=true], .mantine-Skeleton-root')).toHaveCount(0);
}

for (const theme of ['light', 'dark'] as const) {
  test.describe(theme, () => {
    test.use({ me: { locale: 'tr', theme } });
    for (const [name, path] of Object.entries(screens)) {
      test(`${name} is for everyone`, async ({ signedIn: page, api }) => {
        const { id } = await newForm(api, unique('Erişilebilir'));
        await settled(page, path(id));
        if (name === 'builder') {
          await page.getByRole('button', { name: 'E-posta', exact: true }).click();
          await page.getByRole('button', { name: 'İzin ekle' }).click();
        }
        expect(await violations(page)).toEqual([]);
      });
    }
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  for (const [name, path] of Object.entries(screens)) {
    test(`${name} fits the width`, async ({ signedIn: page, api }) => {
      const { id } = await newForm(api, unique('Dar'));
      await settled(page, path(id));
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    });
  }
});
