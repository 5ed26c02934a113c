import type { Page } from '@playwright/test';
import { type Api, expect, newCompany, test, violations } from '../fixtures';

async function newLead(api: Api, more: Record<string, unknown> = {}) {
  const stamp = `${Date.now()}${Math.floor(Math.random() * 1000)}`;
  const body = {
    first_name: 'Ayşe',
    last_name: `Aday ${stamp}`,
    company: `Aday Firması ${stamp}`,
    email: `aday@f${stamp}.example`,
    source: 'trade_show',
    ...more,
  };
  return api.send('POST', 'leads/', body);
}

/** The page of a lead, ready for keys. */
async function open(page: Page, lead: { id: number; name: string }) {
  await page.goto(`/leads/${lead.id}`);
  await expect(page.getByRole('heading', { level: 1, name: lead.name })).toBeVisible();
}

/** Answers enough to pass the gate. */
const enough = { budget: { strength: 'strong' }, need: { strength: 'strong' } };

test('a fact of a lead is changed in place, and undone', async ({ signedIn: page, api }) => {
  const lead = await newLead(api, { industry: 'Tekstil' });
  await open(page, lead);
  await expect(page.getByText(lead.lead_number)).toBeVisible();
  await page.getByTitle('Sektör alanını düzenle').click();
  await page.getByRole('textbox', { name: 'Sektör' }).fill('Gıda');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Kaydedildi.')).toBeVisible();
  expect(await api.get(`leads/${lead.id}/`)).toMatchObject({ industry: 'Gıda', company: lead.company });
  await page.getByRole('button', { name: 'Geri al' }).click();
  await expect(page.getByTitle('Sektör alanını düzenle')).toHaveText('Tekstil');
  expect((await api.get(`leads/${lead.id}/`)).industry).toBe('Tekstil');
});

test('the server complains at the field, and what was typed stays', async ({ signedIn: page, api }) => {
  const lead = await newLead(api);
  await open(page, lead);
  await page.getByTitle('E-posta alanını düzenle').click();
  const field = page.getByRole('textbox', { name: 'E-posta' });
  await field.fill('aday@');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/@ işaretinden sonra/)).toBeVisible();
  await expect(field).toHaveValue('aday@');
  expect((await api.get(`leads/${lead.id}/`)).email).toBe(lead.email);
});

test('one key qualifies who passes the gate', async ({ signedIn: page, api }) => {
  const lead = await newLead(api);
  await api.send('PUT', `leads/${lead.id}/bant/`, enough);
  await open(page, lead);
  await expect(page.getByText('Nitelikli sayılabilir.')).toBeVisible();
  await page.keyboard.press('q');
  await expect(page.getByText(`${lead.name} nitelikli sayıldı.`)).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect((await api.get(`leads/${lead.id}/`)).status).toBe('qualified');
  await page.getByRole('button', { name: 'Geri al' }).click();
  await expect(page.getByText('Geri alındı.')).toBeVisible();
  expect((await api.get(`leads/${lead.id}/`)).status).toBe('new');
});

test('the gate says what is lacking, and takes the answers', async ({ signedIn: page, api }) => {
  const lead = await newLead(api);
  await open(page, lead);
  await page.getByRole('group', { name: 'Durum' }).getByRole('button', { name: 'Nitelikli', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('alert')).toContainText('en az 4 olmalı; şimdi 0');
  await expect(
    dialog.getByRole('radiogroup', { name: 'Bütçe' }).getByRole('radio', { name: 'Bilinmiyor' }),
  ).toBeFocused();
  // What was refused is not on the screen as done.
  await expect(
    page.getByRole('group', { name: 'Durum', includeHidden: true }).locator('[aria-current=step]'),
  ).toHaveText('Yeni');
  expect((await api.get(`leads/${lead.id}/`)).status).toBe('new');
  for (const question of ['Bütçe', 'Yetki'])
    await dialog.getByRole('radiogroup', { name: question }).getByText('Güçlü').click();
  await expect(dialog.getByText('8 üzerinden 4')).toBeVisible();
  await dialog.getByRole('button', { name: 'Nitelikli say' }).click();
  await expect(dialog).toHaveCount(0);
  expect(await api.get(`leads/${lead.id}/`)).toMatchObject({
    status: 'qualified',
    bant_budget: 'strong',
    bant_authority: 'strong',
    bant_need: 'unknown',
  });
});

test('statuses are one click away; ruling out asks for the reason', async ({ signedIn: page, api }) => {
  const lead = await newLead(api);
  await open(page, lead);
  const steps = page.getByRole('group', { name: 'Durum' });
  await steps.getByRole('button', { name: 'Besleniyor' }).click();
  await expect(page.getByText(`${lead.name} besleniyor.`)).toBeVisible();
  expect((await api.get(`leads/${lead.id}/`)).status).toBe('nurturing');
  await page.keyboard.press('d');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Ele', exact: true }).click();
  await expect(dialog.getByText('Bu alan gerekli.')).toBeVisible();
  expect((await api.get(`leads/${lead.id}/`)).status).toBe('nurturing');
  await dialog.getByRole('radio', { name: 'Geçersiz kayıt' }).check();
  await dialog.getByRole('button', { name: 'Ele', exact: true }).click();
  await expect(dialog).toHaveCount(0);
  expect(await api.get(`leads/${lead.id}/`)).toMatchObject({ status: 'disqualified', disqualify_reason: 'junk' });
  await expect(page.getByText('Geçersiz kayıt').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Dönüştür' })).toHaveCount(0);
});

test('one key tells junk, and undo brings it back', async ({ signedIn: page, api }) => {
  const lead = await newLead(api);
  await open(page, lead);
  await page.keyboard.press('!');
  await expect(page.getByText(`${lead.name} elendi.`)).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(await api.get(`leads/${lead.id}/`)).toMatchObject({ status: 'disqualified', disqualify_reason: 'junk' });
  await page.keyboard.press('Control+z');
  await expect(page.getByText('Geri alındı.')).toBeVisible();
  expect(await api.get(`leads/${lead.id}/`)).toMatchObject({ status: 'new', disqualify_reason: '' });
});

test('a lead is given to somebody', async ({ signedIn: page, api }) => {
  const lead = await newLead(api);
  const person = (await api.get('users/?page_size=200')).results.find(
    ({ id, is_active }: { id: number; is_active: boolean }) => id !== lead.assigned_to && is_active,
  );
  await open(page, lead);
  await page.keyboard.press('a');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Sorumlu ata' }).click();
  await expect(dialog.getByText('Bir kişi ya da')).toBeVisible();
  await dialog.getByRole('combobox', { name: 'Sorumlu' }).fill(person.name);
  await page.getByRole('option', { name: person.name }).click();
  await dialog.getByRole('button', { name: 'Sorumlu ata' }).click();
  await expect(dialog).toHaveCount(0);
  expect((await api.get(`leads/${lead.id}/`)).assigned_to).toBe(person.id);
  await expect(page.getByRole('region', { name: 'Dağıtım' })).toContainText(person.name);
});

test('the rules name somebody, and say why', async ({ signedIn: page, api }) => {
  const stamp = `Kural ${Date.now()}`;
  const people = (await api.get('users/?page_size=200')).results.filter((one: { is_active: boolean }) => one.is_active);
  const lead = await newLead(api, { industry: stamp });
  const rule = await api.send('POST', 'assignment/rules/', {
    name: stamp,
    criteria: { field: 'industry', op: 'eq', value: stamp },
    strategy: 'round_robin',
    users: [people[1].id],
    sla_minutes: 30,
    is_active: true,
  });
  // Before the rules of the demonstration, which take everybody.
  const rules = (await api.get('assignment/rules/?entity=lead')).results.map(({ id }: { id: number }) => id);
  await api.send('POST', 'assignment/rules/reorder/', {
    ids: [rule.id, ...rules.filter((id: number) => id !== rule.id)],
  });
  await open(page, lead);
  await page.keyboard.press('a');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: 'Dağıtım kurallarına göre' }).check();
  await dialog.getByRole('button', { name: 'Sorumlu ata' }).click();
  await expect(dialog.getByText(`Sorumlusu artık ${people[1].name}.`)).toBeVisible();
  await expect(dialog.getByText(stamp, { exact: true })).toBeVisible();
  await dialog.getByRole('button', { name: 'Tamam' }).click();
  // The clock of the rule runs.
  await expect(page.getByText(/kaldı$/)).toBeVisible();
  expect((await api.get(`leads/${lead.id}/`)).assigned_to).toBe(people[1].id);
  await api.send('DELETE', `assignment/rules/${rule.id}/`);
});

test('a lead becomes customer, contact and opportunity, and undo takes all back', async ({ signedIn: page, api }) => {
  const lead = await newLead(api, { budget: '250000.00' });
  await open(page, lead);
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('radio', { name: 'Yeni firma' })).toBeChecked();
  await dialog.getByRole('switch', { name: 'Fırsat da açılsın' }).press('Space');
  await expect(dialog.getByRole('textbox', { name: 'Tutar' })).toHaveValue('250.000,00');
  await dialog.getByRole('button', { name: 'Dönüştür' }).click();
  await expect(dialog.getByText('Bu alan gerekli.')).toBeVisible();
  expect((await api.get(`leads/${lead.id}/`)).status).toBe('new');
  await dialog.getByRole('textbox', { name: 'Beklenen kapanış' }).fill('31.12.2030');
  await page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText(`${lead.name} dönüştürüldü:`)).toBeVisible();
  const became = await api.get(`leads/${lead.id}/`);
  expect(became).toMatchObject({ status: 'converted' });
  expect((await api.get(`customers/${became.converted_customer}/`)).name).toBe(lead.company);
  expect((await api.get(`customers/${became.converted_contact}/`)).name).toBe(lead.name);
  expect(await api.get(`opportunities/${became.converted_opportunity}/`)).toMatchObject({
    amount: '250000.00',
    expected_close_date: '2030-12-31',
  });
  await expect(page.getByRole('button', { name: 'Dönüştür' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Geri al' }).click();
  await expect(page.getByRole('button', { name: 'Dönüştür' })).toBeVisible();
  expect(await api.get(`leads/${lead.id}/`)).toMatchObject({ status: 'new', converted_customer: null });
});

test('a lead is linked to a customer who is there already', async ({ signedIn: page, api }) => {
  const customer = await newCompany(api, `Mevcut Müşteri ${Date.now()}`);
  const lead = await newLead(api);
  await open(page, lead);
  await page.getByRole('button', { name: 'Dönüştür' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Başka bir müşteri arayın' }).fill(customer.name);
  await page.getByRole('option', { name: customer.name }).click();
  await expect(dialog.getByRole('radio', { name: customer.name })).toBeChecked();
  await dialog.getByRole('radio', { name: 'İlgili kişi eklenmesin' }).check();
  await dialog.getByRole('button', { name: 'Dönüştür' }).click();
  await expect(dialog).toHaveCount(0);
  expect(await api.get(`leads/${lead.id}/`)).toMatchObject({
    status: 'converted',
    converted_customer: customer.id,
    converted_contact: null,
    converted_opportunity: null,
  });
  const toast = page.getByRole('alert').filter({ hasText: 'dönüştürüldü' });
  await toast.getByRole('link', { name: 'Müşteri' }).click();
  await expect(page).toHaveURL(new RegExp(`/customers/${customer.id}$`));
});

test('a new lead is warned of its doubles, and created when one means it', async ({ signedIn: page, api }) => {
  const lead = await newLead(api);
  await open(page, lead);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('Yeni aday');
  await page.getByRole('option', { name: 'Yeni aday' }).click();
  const form = page.getByRole('dialog', { name: 'Yeni aday' });
  await form.getByRole('button', { name: 'Oluştur', exact: true }).click();
  await expect(form.getByText('E-posta ya da telefon gerekli.')).toBeVisible();
  await form.getByRole('textbox', { name: 'Soyadı' }).fill('İkinci');
  await form.getByRole('textbox', { name: 'E-posta' }).fill(lead.email);
  const doubles = form.getByRole('region', { name: 'Zaten kayıtlı olabilir' });
  await expect(doubles.getByRole('link', { name: lead.name })).toBeVisible();
  await form.getByRole('button', { name: 'Oluştur', exact: true }).click();
  expect(await violations(page)).toEqual([]);
  await doubles.getByRole('checkbox', { name: 'Bu başka biri, yine de oluştur' }).check();
  expect((await api.get(`leads/?email=${lead.email}`)).count).toBe(1);
  await form.getByRole('button', { name: 'Oluştur', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'İkinci' })).toBeVisible();
  expect((await api.get(`leads/?email=${lead.email}`)).count).toBe(2);
  await page.getByRole('region', { name: 'Benzer kayıtlar' }).getByRole('link', { name: lead.name }).click();
  await expect(page).toHaveURL(new RegExp(`/leads/${lead.id}$`));
});

test('who referred a lead is chosen among the customers', async ({ signedIn: page, api }) => {
  const customer = await newCompany(api, `Referans ${Date.now()}`);
  const lead = await newLead(api);
  await open(page, lead);
  await page.getByRole('button', { name: 'Diğer işlemler' }).click();
  await page.getByRole('menuitem', { name: 'Referans olan müşteriyi seç' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Referans olan müşteri' }).fill(customer.name);
  await page.getByRole('option', { name: customer.name }).click();
  await dialog.getByRole('button', { name: 'Kaydet' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText(customer.name, { exact: true })).toBeVisible();
  expect((await api.get(`leads/${lead.id}/`)).referred_by).toBe(customer.id);
});

test('answers of BANT with what they rest on', async ({ signedIn: page, api }) => {
  const lead = await newLead(api);
  await open(page, lead);
  const bant = page.getByRole('region', { name: 'BANT' });
  await bant.getByRole('radiogroup', { name: 'Bütçe' }).getByText('Zayıf').click();
  await expect(bant.getByText('8 üzerinden 1')).toBeVisible();
  await bant.getByRole('button', { name: /Dayanak ekle/ }).click();
  const editor = bant.getByRole('group', { name: 'Bütçe yanıtının dayanağını düzenle' });
  await editor.getByRole('textbox', { name: 'Ne söylendi, nerede?' }).fill('Telefonda 300 bin dedi.');
  await editor.getByRole('button', { name: 'Kaydet' }).click();
  await expect(bant.getByRole('button', { name: /Telefonda 300 bin dedi/ })).toBeVisible();
  const [budget, authority] = (await api.get(`leads/${lead.id}/bant/`)).answers;
  expect(budget).toMatchObject({ strength: 'weak', evidence_kind: 'call', evidence: 'Telefonda 300 bin dedi.' });
  expect(authority.strength).toBe('unknown');
});

test('the score is explained and sums up; a touch adds to it', async ({ signedIn: page, api }) => {
  const stamp = `Puan ${Date.now()}`;
  const rules = [
    { kind: 'fit', name: stamp, points: 20, criteria: { field: 'industry', op: 'eq', value: stamp } },
    { kind: 'engagement', name: `${stamp} arama`, points: 10, touch: 'call', half_life_days: 30 },
  ];
  const made: { id: number }[] = [];
  for (const rule of rules) made.push(await api.send('POST', 'leads/score-rules/', rule));
  // The rules of the demonstration give points to companies.
  const lead = await newLead(api, { industry: stamp, company: '' });
  await open(page, lead);
  const score = page.getByRole('region', { name: 'Aday puanı' });
  await expect(score.getByText('Puanı kurallar verdi')).toBeVisible();
  await expect(score.getByRole('listitem').filter({ hasText: stamp })).toHaveCount(1);
  await expect(score.getByRole('listitem').last()).toHaveText('Toplam20');
  const touches = page.getByRole('region', { name: 'Temaslar' });
  await touches.getByRole('button', { name: 'Temas ekle' }).click();
  await touches.getByRole('textbox', { name: 'Kısaca ne oldu?' }).fill('Fiyat sordu');
  await touches.getByRole('button', { name: 'Kaydet' }).click();
  await expect(touches.getByText('Fiyat sordu')).toBeVisible();
  await expect(score.getByRole('listitem').last()).toHaveText('Toplam30');
  expect((await api.get(`leads/${lead.id}/`)).lead_score).toBe(30);
  for (const { id } of made) await api.send('DELETE', `leads/score-rules/${id}/`);
});

test('what a lead agreed to is recorded where it stands', async ({ signedIn: page, api }) => {
  const lead = await newLead(api);
  const { id } = lead;
  await open(page, lead);
  await page.getByRole('button', { name: 'İzin kaydet' }).click();
  const form = page.getByRole('form', { name: 'İzin kaydet' });
  await form.getByRole('combobox', { name: 'Kanal' }).click();
  await page.getByRole('option', { name: 'SMS' }).click();
  await form.getByLabel('Kanıt').fill('Fuarda imzaladı');
  await form.getByRole('button', { name: 'Kaydet' }).click();
  await expect(form).toHaveCount(0);
  await expect(page.getByText('Fuarda imzaladı')).toBeVisible();
  const { results } = await api.get(`leads/${id}/consents/`);
  expect(results).toHaveLength(1);
  expect(results[0]).toMatchObject({ channel: 'sms', purpose: 'marketing', status: 'granted', source: 'in_person' });
});

test('notes, favourite, and deletion with undo', async ({ signedIn: page, api }) => {
  const lead = await newLead(api);
  await open(page, lead);
  await expect(page.getByText('adayı oluşturdu')).toBeVisible();
  await page.keyboard.press('w');
  await expect(page.locator('textarea').first()).toBeFocused();
  await page.keyboard.type('Fuarda tanıştık.');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('listitem').filter({ hasText: 'Fuarda tanıştık.' })).toBeVisible();
  expect((await api.get(`leads/${lead.id}/notes/`)).results[0].body).toBe('Fuarda tanıştık.');
  const star = page.getByRole('button', { name: 'Sık kullanılan' });
  await star.click();
  await expect(star).toHaveAttribute('aria-pressed', 'true');
  await expect
    .poll(async () => (await api.get('me/favourites/?entity=lead')).results.map(({ id }: { id: number }) => id))
    .toContain(lead.id);
  await page.getByRole('button', { name: 'Diğer işlemler' }).click();
  await page.getByRole('menuitem', { name: 'Sil' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sil' }).click();
  await expect(page).toHaveURL(/\/leads\?status__in=/);
  expect((await api.get(`leads/?email=${lead.email}`)).count).toBe(0);
  const told = page.getByRole('alert').filter({ hasText: 'silindi' });
  await told.getByRole('button', { name: 'Geri al' }).click();
  await expect(page.getByText('Geri alındı.')).toBeVisible();
  expect((await api.get(`leads/${lead.id}/`)).id).toBe(lead.id);
});

for (const theme of ['light', 'dark'] as const) {
  test.describe(theme, () => {
    test.use({ me: { locale: 'tr', theme } });
    test('page and dialogs are accessible and fit a phone', async ({ signedIn: page, api }) => {
      const lead = await newLead(api, { budget: '1000.00', phone: '0532 123 45 67' });
      await api.send('PUT', `leads/${lead.id}/bant/`, { budget: { strength: 'weak', evidence: 'Sordu.' } });
      await api.send('POST', `leads/${lead.id}/touches/`, { kind: 'call' });
      await open(page, lead);
      await expect(page.getByText('8 üzerinden 1')).toBeVisible();
      await expect(page.getByText('temas kaydetti')).toBeVisible();
      expect(await violations(page)).toEqual([]);
      for (const key of ['q', 'd', 'a', 'c']) {
        await page.keyboard.press(key);
        const dialog = page.getByRole('dialog');
        await expect(dialog.getByRole('radio').first()).toBeAttached();
        expect(await violations(page), key).toEqual([]);
        await page.keyboard.press('Escape');
        await expect(dialog).toHaveCount(0);
      }
      await page.setViewportSize({ width: 390, height: 844 });
      for (const part of ['Bilgiler', 'Geçmiş', 'Değerlendirme']) {
        await page.getByRole('radiogroup', { name: 'Bölüm' }).getByText(part).click();
        expect(await page.evaluate(() => document.documentElement.scrollWidth), part).toBeLessThanOrEqual(390);
      }
    });
  });
}
