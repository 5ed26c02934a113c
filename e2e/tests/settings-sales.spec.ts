import type { Page } from '@playwright/test';
import { type Api, expect, test, violations } from '../fixtures';

const row = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(name) });
const stages = (page: Page) => page.getByRole('list', { name: 'Açık aşamalar' }).getByRole('listitem');

/** A pipeline of its own for a test that changes one. */
async function newPipeline(api: Api, name: string) {
  return api.send('POST', 'pipelines/', { name });
}

test('a pipeline is made, its stages arranged, one ends and its opportunities go on elsewhere', async ({
  signedIn: page,
  api,
}) => {
  const name = `Proje ${Date.now()}`;
  await page.goto('/settings/pipelines');
  await page.getByRole('button', { name: 'Yeni süreç' }).click();
  const form = page.getByRole('dialog', { name: 'Yeni süreç' });
  await form.getByRole('button', { name: 'Kaydet' }).click();
  await expect(form.getByLabel('Ad')).toHaveAttribute('aria-invalid', 'true');
  await form.getByLabel('Ad').fill(name);
  await form.getByRole('button', { name: 'Kaydet' }).click();
  await expect(form).toHaveCount(0);
  await expect(page.getByRole('link', { name })).toHaveAttribute('aria-current', 'page');

  const before = await stages(page).count();
  await page.getByRole('button', { name: 'Yeni aşama' }).click();
  const stage = page.getByRole('dialog', { name: 'Yeni aşama' });
  await stage.getByLabel('Türkçe ad').fill('Keşif');
  await stage.getByLabel('Kazanma olasılığı').fill('140');
  await stage.getByLabel('Kaç günden sonra gecikmiş sayılır').fill('10');
  await stage.getByRole('button', { name: 'Kaydet' }).click();
  await expect(stage.getByLabel('Kazanma olasılığı')).toHaveAttribute('aria-invalid', 'true');
  await expect(stage.getByLabel('Türkçe ad')).toHaveValue('Keşif');
  await stage.getByLabel('Kazanma olasılığı').fill('15,5');
  await stage.getByRole('combobox', { name: 'İstenen alanlar' }).fill('tutar');
  await page.getByRole('option', { name: 'Tutar', exact: true }).click();
  await page.keyboard.press('Escape');
  await stage.getByRole('button', { name: 'Kaydet' }).click();
  await expect(stage).toHaveCount(0);
  await expect(stages(page)).toHaveCount(before + 1);
  await expect(stages(page).last()).toContainText('%15,5');
  await expect(stages(page).last()).toContainText('İster: Tutar');

  // By keyboard, one up; it is so after a reload.
  await page.getByRole('button', { name: 'Keşif aşamasını düzenle' }).focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(stages(page).nth(before - 1)).toContainText('Keşif');
  await expect(page.getByText(`Keşif: ${before + 1} satırda ${before}. sırada`)).toBeAttached();
  await expect(page.getByRole('button', { name: 'Keşif aşamasını düzenle' })).toBeFocused();
  await page.reload();
  await expect(stages(page).nth(before - 1)).toContainText('Keşif');

  // By pointer, to the top.
  const grip = stages(page)
    .nth(before - 1)
    .locator('[draggable=true]');
  await grip.dragTo(stages(page).first());
  await expect(stages(page).first()).toContainText('Keşif');
  const kept = async () => (await api.get('pipelines/')).results.find((one: { name: string }) => one.name === name);
  await expect.poll(async () => (await kept()).stages[0].name_tr).toBe('Keşif');

  // What is in a stage goes where one says; that is undone by itself.
  const { id, stages: inOrder } = await kept();
  const customer = (await api.get('customers/?page_size=1')).results[0];
  const deal = await api.send('POST', 'opportunities/', {
    name: `Fırsat ${Date.now()}`,
    customer: customer.id,
    pipeline: id,
    stage: inOrder[0].key,
    amount: '1000.00',
    expected_close_date: '2027-01-31',
  });
  await page.reload();
  await page.getByRole('button', { name: 'Keşif aşamasını sil' }).click();
  const question = page.getByRole('dialog', { name: 'Keşif silinsin mi?' });
  await expect(question.getByText('Bu aşamada 1 fırsat var.')).toBeVisible();
  await expect(question.getByRole('button', { name: 'Sil' })).toBeDisabled();
  await question.getByRole('combobox', { name: 'Fırsatlar nereye gitsin' }).click();
  // No opportunity is won by a stage that goes.
  await expect(page.getByRole('option', { name: 'Kazanıldı' })).toHaveCount(0);
  await page.getByRole('option', { name: inOrder[1].name_tr }).click();
  await question.getByRole('button', { name: 'Sil' }).click();
  await expect(question).toHaveCount(0);
  await expect(stages(page).filter({ hasText: 'Keşif' })).toHaveCount(0);
  expect((await api.get(`opportunities/${deal.id}/`)).stage).toBe(inOrder[1].key);
});

test('the last stage of an outcome cannot go, and the default pipeline cannot be archived', async ({
  signedIn: page,
  api,
}) => {
  const { id } = await newPipeline(api, `Tek ${Date.now()}`);
  await page.goto('/settings/pipelines');
  await expect(page.getByRole('button', { name: 'Arşivle' })).toHaveCount(0);
  await page.goto(`/settings/pipelines?pipeline=${id}`);
  await expect(page.getByRole('button', { name: 'Kazanıldı aşamasını düzenle' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Kazanıldı aşamasını sil' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Arşivle' }).click();
  await expect(page.getByRole('button', { name: 'Arşivden çıkar' })).toBeVisible();
  await page.getByRole('button', { name: 'Arşivden çıkar' }).click();
  await expect(page.getByRole('button', { name: 'Arşivle' })).toBeVisible();
});

test('a reason is added, renamed, moved, retired, and brought back', async ({ signedIn: page, api }) => {
  const name = `Konum ${Date.now()}`;
  const lossReasons = async () => (await api.get('reasons/')).loss as string[];
  const before = await lossReasons();
  await page.goto('/settings/reasons');
  const list = page.getByRole('list', { name: 'Kaybetme nedenleri' });
  await expect(list.getByRole('listitem')).toHaveCount(before.length);
  await page.getByRole('button', { name: 'Kaybetme nedenleri: Neden ekle' }).click();
  const form = page.getByRole('dialog', { name: 'Neden ekle' });
  // Whom the list has already it does not take twice, and says so at the field.
  await form.getByLabel('Neden', { exact: true }).fill(before[0] ?? '');
  await form.getByRole('button', { name: 'Kaydet' }).click();
  await expect(form.getByText('Bu neden listede var.')).toBeVisible();
  expect(await lossReasons()).toEqual(before);
  await form.getByLabel('Neden', { exact: true }).fill(name);
  await form.getByRole('button', { name: 'Kaydet' }).click();
  await expect(form).toHaveCount(0);
  await expect(list.getByRole('listitem').last()).toContainText(name);

  await page.getByRole('button', { name: `${name} nedenini düzenle` }).click();
  const rename = page.getByRole('dialog', { name });
  await rename.getByLabel('Neden', { exact: true }).fill(`${name} uzak`);
  await rename.getByRole('button', { name: 'Kaydet' }).click();
  await expect(rename).toHaveCount(0);
  await page.getByRole('button', { name: `${name} uzak nedenini düzenle` }).focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(lossReasons).toEqual([...before.slice(0, -1), `${name} uzak`, before.at(-1)]);

  await page.getByRole('button', { name: `${name} uzak nedenini listeden çıkar` }).click();
  await expect.poll(lossReasons).toEqual(before);
  await page.keyboard.press('Control+z');
  await expect.poll(lossReasons).toContain(`${name} uzak`);
  await expect(list.getByText(`${name} uzak`)).toBeVisible();
  await api.send('PUT', 'reasons/loss/', { reasons: [] });
});

test('a pipeline goes by the model or by its stages', async ({ signedIn: page, api }) => {
  const name = `Model ${Date.now()}`;
  const { id } = await newPipeline(api, name);
  const all = async (): Promise<{ id: number; probability_source: string }[]> => (await api.get('pipelines/')).results;
  const source = async () => (await all()).find((one) => one.id === id)?.probability_source;
  await page.goto(`/settings/pipelines?pipeline=${id}`);
  await expect(page.getByRole('radio', { name: 'Aşamalar' })).toBeChecked();
  await page.getByRole('radio', { name: 'Geçmişten öğrenen model' }).click();
  await expect(page.getByRole('radio', { name: 'Geçmişten öğrenen model' })).toBeChecked();
  await expect.poll(source).toBe('model');
  await expect(page.getByText(`${name}: olasılığı artık model veriyor.`)).toBeVisible();
  await page.getByRole('link', { name: 'Modele bak' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Kazanma olasılığı' })).toBeVisible();
});

test('the model of opportunities learns when asked, and says how good it is', async ({ signedIn: page, api }) => {
  await page.goto('/settings/opportunity-model');
  const { newest } = await api.get('opportunities/scoring/');
  await page.getByRole('button', { name: 'Şimdi öğren' }).first().click();
  await expect
    .poll(async () => (await api.get('opportunities/scoring/')).newest?.version ?? 0, { timeout: 60_000 })
    .toBeGreaterThan(newest?.version ?? 0);
  const { newest: learned } = await api.get('opportunities/scoring/');
  expect(learned.refusal).toBeNull();
  await expect(page.getByRole('heading', { name: 'Neye göre karar verir' })).toBeVisible();
  await expect(page.getByText('Modelin hiç görmediği fırsatlarla ölçüldü.')).toBeVisible();
});

test('a product is added, found, archived and put on sale again', async ({ signedIn: page }) => {
  const name = `Güneş paneli ${Date.now()}`;
  const code = `GP-${Date.now()}`;
  await page.goto('/settings/products');
  await page.getByRole('button', { name: 'Yeni ürün' }).click();
  const form = page.getByRole('dialog', { name: 'Yeni ürün' });
  await form.getByLabel('Ad').fill(name);
  await form.getByRole('textbox', { name: 'Fiyat' }).fill('1250,5');
  await form.getByRole('button', { name: 'Kaydet' }).click();
  await expect(form.getByLabel('Kod')).toHaveAttribute('aria-invalid', 'true');
  await expect(form.getByLabel('Ad')).toHaveValue(name);
  await form.getByLabel('Kod').fill(code);
  await form.getByRole('button', { name: 'Kaydet' }).click();
  await expect(form).toHaveCount(0);

  await page.getByRole('searchbox', { name: 'Ürün adı ya da kodu ara' }).fill(name.toLocaleLowerCase('tr'));
  await expect(page).toHaveURL(/search=/);
  await expect(page.getByRole('rowheader')).toHaveCount(1);
  await expect(row(page, name)).toContainText('₺1.250,50');
  await page.getByRole('button', { name: `${name} ürününü arşivle` }).click();
  await expect(page.getByRole('heading', { name: 'Eşleşen ürün yok' })).toBeVisible();
  await page.getByText('Arşiv', { exact: true }).click();
  await page.getByRole('button', { name: `${name} ürününü satışa al` }).click();
  await expect(page.getByRole('heading', { name: 'Eşleşen ürün yok' })).toBeVisible();
  await page.getByText('Satıştakiler', { exact: true }).click();
  await page.getByRole('button', { name: `${name} ürününü sil` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sil' }).click();
  await expect(row(page, name)).toHaveCount(0);
});

test('a product that opportunities name is not deleted', async ({ signedIn: page, api }) => {
  const product = await api.send('POST', 'products/', { code: `S-${Date.now()}`, name: `Satılmış ${Date.now()}` });
  const customer = (await api.get('customers/?page_size=1')).results[0];
  const deal = await api.send('POST', 'opportunities/', {
    name: 'Satırlı',
    customer: customer.id,
    expected_close_date: '2027-01-31',
  });
  await api.send('PUT', `opportunities/${deal.id}/lines/`, { lines: [{ product_id: product.id, quantity: '1' }] });
  await page.goto(`/settings/products?search=${encodeURIComponent(product.name)}`);
  await page.getByRole('button', { name: `${product.name} ürününü sil` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sil' }).click();
  await expect(page.getByRole('alert').filter({ hasText: /silinemez|hatalı/ })).toBeVisible();
  await expect(row(page, product.name)).toBeVisible();
});

test('a rate is set, listed by currency and corrected on its day', async ({ signedIn: page, api }) => {
  await api.send('PUT', 'exchange-rates/EUR/2026-01-05/', { rate: '45.1', source: 'TCMB' });
  await page.goto('/settings/exchange-rates');
  await page.getByRole('button', { name: 'Yeni kur' }).first().click();
  const form = page.getByRole('dialog', { name: 'Yeni kur' });
  await form.getByRole('combobox', { name: 'Para birimi' }).click();
  // The organisation's own is always one.
  await expect(page.getByRole('option', { name: /^TRY/ })).toHaveCount(0);
  await page.getByRole('option', { name: /^CHF/ }).click();
  await form.getByRole('button', { name: 'Kaydet' }).click();
  await expect(form.getByLabel('1 CHF kaç TRY')).toHaveAttribute('aria-invalid', 'true');
  await form.getByLabel('1 CHF kaç TRY').fill('48,25');
  await form.getByLabel('Kaynak').fill('TCMB');
  await form.getByRole('button', { name: 'Kaydet' }).click();
  await expect(form).toHaveCount(0);
  await expect(page.getByText('1 CHF = 48,2500 TRY')).toBeVisible();

  await page.goto('/settings/exchange-rates?currency=CHF');
  await expect(page.getByRole('rowheader')).toHaveCount(1);
  await expect(page.getByText(/EUR =/)).toHaveCount(0);
  await page.getByRole('button', { name: /CHF kurunu düzelt/ }).click();
  const change = page.getByRole('dialog', { name: 'Kuru düzelt' });
  await expect(change.getByRole('combobox', { name: 'Para birimi' })).toBeDisabled();
  await change.getByLabel('1 CHF kaç TRY').fill('48,5');
  await change.getByRole('button', { name: 'Kaydet' }).click();
  await expect(page.getByText('1 CHF = 48,5000 TRY')).toBeVisible();
  await expect(page.getByRole('rowheader')).toHaveCount(1);
});

test('a rule is tried before it is saved, switched off, and deleted', async ({ signedIn: page, api }) => {
  const name = `Kural ${Date.now()}`;
  const industry = `Sektör${Date.now()}`;
  await api.send('POST', 'leads/', {
    last_name: `Denenen ${Date.now()}`,
    email: `d${Date.now()}@ornek.example`,
    industry,
  });
  await page.goto('/settings/scoring?tab=rules');
  await page.getByRole('button', { name: 'Yeni uygunluk kuralı' }).click();
  const form = page.getByRole('dialog', { name: 'Yeni uygunluk kuralı' });
  await form.getByLabel('Ad', { exact: true }).fill(name);
  await form.getByRole('button', { name: 'Kaydet', exact: true }).click();
  await expect(form.getByText('En az bir koşul gerekli.')).toBeVisible();
  await form.getByRole('combobox', { name: 'Alan' }).click();
  await page.getByRole('option', { name: 'Sektör', exact: true }).click();
  await form.getByLabel('Değer').fill(industry);
  await expect(form.getByText('Şu an 1 aday uyuyor.')).toBeVisible();
  await form.getByLabel('Puan').fill('35');
  await form.getByRole('button', { name: 'Kaydetmeden dene' }).click();
  const outcome = form.getByRole('region', { name: 'Kural kaydedilse puanlar' });
  await expect(outcome.getByText(/1 tanesinin puanı değişirdi/)).toBeVisible();
  await expect(outcome.getByRole('row', { name: /Denenen.* 0 35/ })).toBeVisible();
  // Nothing was saved by trying.
  const names = async () => (await api.get('leads/score-rules/')).results.map((one: { name: string }) => one.name);
  expect(await names()).not.toContain(name);
  await form.getByRole('button', { name: 'Kaydet', exact: true }).click();
  await expect(form).toHaveCount(0);
  await expect(row(page, name)).toContainText('+35');
  await expect(row(page, name)).toContainText(new RegExp(`sektör.*${industry}`, 'i'));

  const works = page.getByRole('switch', { name: `${name} açık` });
  await works.focus();
  await page.keyboard.press('Space');
  await expect(works).not.toBeChecked();
  await page.reload();
  await expect(works).not.toBeChecked();
  await page.getByRole('button', { name: `${name} kuralını sil` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sil' }).click();
  await expect(row(page, name)).toHaveCount(0);
  expect(await names()).not.toContain(name);
});

test('too small a history is said in words; the fields of the model are chosen', async ({ signedIn: page, api }) => {
  await page.goto('/settings/scoring?tab=model');
  await page.getByRole('button', { name: 'Şimdi öğren' }).first().click();
  await expect(page.getByText(/Öğrenmek için her sonuçtan en az 50 kayıt gerekir/)).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText('Model devrede değil; puanı kurallar veriyor.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Devreye al' })).toHaveCount(0);

  const fields = page.getByRole('combobox', { name: 'Alanlar' });
  await fields.click();
  // They tell the outcome.
  await expect(page.getByRole('option', { name: 'Durum', exact: true })).toHaveCount(0);
  await page.getByRole('option', { name: 'BANT puanı' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Kaydet', exact: true }).click();
  await expect(page.getByText('Alanlar kaydedildi')).toBeVisible();
  expect((await api.get('leads/settings/')).model_fields).toContain('bant_score');
  await page.getByRole('button', { name: 'Varsayılana dön' }).click();
  await expect.poll(async () => (await api.get('leads/settings/')).model_fields).not.toContain('bant_score');
});

test('the gate of qualification is set by keyboard', async ({ signedIn: page, api }) => {
  await api.send('PATCH', 'leads/settings/', { bant_gate: 4 });
  await page.goto('/settings/lead-qualification');
  const gate = page.getByRole('slider', { name: 'En az BANT puanı' });
  await expect(gate).toHaveAttribute('aria-valuenow', '4');
  await expect(page.getByRole('button', { name: 'Kaydet', exact: true })).toBeDisabled();
  await gate.press('ArrowRight');
  await expect(page.getByText('Nitelikli olmak için 8 üzerinden en az 5 puan gerekir.')).toBeVisible();
  expect((await api.get('leads/settings/')).bant_gate).toBe(4);
  await page.getByRole('button', { name: 'Kaydet', exact: true }).click();
  await expect(page.getByText('Eşik kaydedildi.')).toBeVisible();
  expect((await api.get('leads/settings/')).bant_gate).toBe(5);
  await api.send('PATCH', 'leads/settings/', { bant_gate: 4 });
});

test('leads have fields of their own, apart from those of customers', async ({ signedIn: page, api }) => {
  const key = `kanal_${Date.now()}`;
  const name = `Kanal ${Date.now()}`;
  await page.goto('/settings/custom-fields');
  await page.getByRole('link', { name: 'Adaylar' }).last().click();
  await expect(page).toHaveURL(/entity=lead/);
  await page.getByRole('button', { name: 'Yeni alan' }).first().click();
  const form = page.getByRole('dialog', { name: 'Yeni alan' });
  await form.getByLabel('Türkçe ad').fill(name);
  await form.getByLabel('Anahtar').fill(key);
  await form.getByRole('button', { name: 'Kaydet' }).click();
  await expect(form).toHaveCount(0);
  await expect(row(page, name)).toBeVisible();
  const ofEntity = async (entity: string) =>
    (await api.get(`custom-fields/?entity=${entity}`)).results.map((one: { key: string }) => one.key);
  expect(await ofEntity('lead')).toContain(key);
  expect(await ofEntity('customer')).not.toContain(key);
  await page.getByRole('link', { name: 'Fırsatlar' }).last().click();
  await expect(page).toHaveURL(/entity=opportunity/);
  await expect(row(page, name)).toHaveCount(0);
});

const screens: Record<string, [string, string]> = {
  pipelines: ['/settings/pipelines', 'Satış süreçleri'],
  'a stage': ['/settings/pipelines?stage=3', 'Satış süreçleri'],
  products: ['/settings/products', 'Ürünler'],
  'a product': ['/settings/products?product=new', 'Ürünler'],
  rates: ['/settings/exchange-rates', 'Kurlar'],
  qualification: ['/settings/lead-qualification', 'Aday nitelendirme'],
  scoring: ['/settings/scoring', 'Aday puanlama'],
  rules: ['/settings/scoring?tab=rules', 'Aday puanlama'],
  'a rule': ['/settings/scoring?tab=rules&rule=fit', 'Aday puanlama'],
  model: ['/settings/scoring?tab=model', 'Aday puanlama'],
  reasons: ['/settings/reasons', 'Nedenler'],
  'the model of opportunities': ['/settings/opportunity-model', 'Kazanma olasılığı'],
  fields: ['/settings/custom-fields?entity=lead', 'Özel alanlar'],
};

async function settled(page: Page, [path, title]: [string, string]) {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(path);
  await expect(page.getByRole('heading', { level: 1, name: title, includeHidden: true })).toBeAttached();
  await expect(page.locator('[aria-busy=true], .mantine-Skeleton-root')).toHaveCount(0);
}

for (const theme of ['light', 'dark'] as const) {
  test.describe(theme, () => {
    test.use({ me: { locale: 'tr', theme } });
    for (const [name, screen] of Object.entries(screens)) {
      test(`${name} is for everyone`, async ({ signedIn: page }) => {
        await settled(page, screen);
        expect(await violations(page)).toEqual([]);
      });
    }
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  for (const [name, screen] of Object.entries(screens)) {
    test(`${name} fits the width`, async ({ signedIn: page }) => {
      await settled(page, screen);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    });
  }
});
