import type { Page } from '@playwright/test';
import { type Api, expect, test, violations } from '../fixtures';

const unique = (name: string) => `${name} ${Date.now()}`;
const lines = (page: Page) => page.getByRole('list', { name: 'Kurallar' }).getByRole('listitem');

async function team(api: Api): Promise<{ id: number; name: string }> {
  return (await api.get('teams/?page_size=1')).results[0];
}

async function newRule(api: Api, name: string) {
  return api.send('POST', 'assignment/rules/', {
    name,
    criteria: { all: [] },
    teams: [(await team(api)).id],
    strategy: 'round_robin',
  });
}

/** Without rules of other tests. */
async function noRules(api: Api) {
  for (const { id } of (await api.get('assignment/rules/')).results)
    await api.send('DELETE', `assignment/rules/${id}/`);
}

test('a rule is tried on the past before it is saved, and then hands leads out', async ({ signedIn: page, api }) => {
  await noRules(api);
  const [name, industry] = [unique('Gıda'), `Gıda${Date.now()}`];
  const { name: teamName } = await team(api);
  await api.send('POST', 'leads/', { last_name: 'Denenen', email: `a${Date.now()}@ornek.example`, industry });
  await page.goto('/settings/assignment');
  await page.getByRole('button', { name: 'Yeni kural' }).click();
  const form = page.getByRole('dialog', { name: 'Yeni kural' });
  await form.getByLabel('Ad', { exact: true }).fill(name);
  await form.getByRole('combobox', { name: 'Alan' }).click();
  await page.getByRole('option', { name: 'Sektör', exact: true }).click();
  await form.getByLabel('Değer').fill(industry);
  await expect(form.getByText('Şu an 1 aday uyuyor.')).toBeVisible();
  await form.getByRole('button', { name: 'Kaydet', exact: true }).click();
  await expect(form.getByText('En az bir kişi ya da ekip verin.')).toBeVisible();
  await expect(form.getByLabel('Ad', { exact: true })).toHaveValue(name);
  await form.getByRole('combobox', { name: 'Ekipler' }).click();
  await page.getByRole('option', { name: teamName, exact: true }).click();
  await page.keyboard.press('Escape');
  await form.getByLabel('Yanıt süresi').fill('90');

  await form.getByRole('button', { name: 'Kaydetmeden dene' }).click();
  const outcome = form.getByRole('region', { name: 'Kurallar ne yapardı' });
  await expect(outcome.getByRole('table', { name: 'Kurallara göre' }).getByRole('row', { name })).toContainText('1');
  await outcome.getByText(/Denenen →/).click();
  await expect(outcome.getByText(/kişiye bakıldı/)).toBeVisible();
  expect((await api.get('assignment/rules/')).results).toEqual([]);

  await form.getByRole('button', { name: 'Kaydet', exact: true }).click();
  await expect(form).toHaveCount(0);
  await expect(lines(page)).toContainText([new RegExp(`${name}.*${teamName}.*1 sa\\. 30 dk\\. içinde`)]);
  const [kept] = (await api.get('assignment/rules/')).results;
  expect(kept).toMatchObject({ name, sla_minutes: 90, is_active: true });

  await page.getByText(`${name} kaydedildi.`).locator('..').getByRole('button', { name: 'Geri al' }).click();
  await expect(page.getByRole('heading', { name: 'Henüz kural yok' })).toBeVisible();
});

test('rules are ordered by keyboard, switched off and deleted, all of it undone', async ({ signedIn: page, api }) => {
  await noRules(api);
  const [first, second] = [unique('Birinci'), unique('İkinci')];
  await newRule(api, first);
  await newRule(api, second);
  const names = async () => (await api.get('assignment/rules/')).results.map((rule: { name: string }) => rule.name);
  await page.goto('/settings/assignment');
  await page.getByRole('button', { name: `${second} kuralını düzenle` }).focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(lines(page).first()).toContainText(second);
  await expect.poll(names).toEqual([second, first]);
  await page.getByText('Kuralların sırası değişti.').locator('..').getByRole('button', { name: 'Geri al' }).click();
  await expect(lines(page).first()).toContainText(first);
  expect(await names()).toEqual([first, second]);

  const works = page.getByRole('switch', { name: `${first} açık` });
  await works.focus();
  await page.keyboard.press('Space');
  await expect(works).not.toBeChecked();
  await expect.poll(async () => (await api.get('assignment/rules/')).results[0].is_active).toBe(false);
  await page.getByRole('button', { name: `${first} kuralını sil` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sil' }).click();
  await expect(lines(page)).toHaveCount(1);
  await page.getByText(`${first} silindi.`).locator('..').getByRole('button', { name: 'Geri al' }).click();
  await expect(lines(page)).toHaveCount(2);
});

test('somebody has hours, absences and skills', async ({ signedIn: page, api }) => {
  const [person] = (await api.get('assignment/people/')).results;
  await page.goto('/settings/assignment?tab=people');
  await page.getByRole('searchbox').fill(person.name);
  await page.getByRole('button', { name: person.name, exact: true }).click();
  const form = page.getByRole('dialog', { name: person.name });
  await form.getByLabel('Pazartesi').fill('8.30-12, 13-17:30');
  await form.getByLabel('Salı').fill('sabah');
  await form.getByLabel('Günde en çok').fill('12');
  await form.getByLabel('Beceriler').fill('otomotiv');
  await page.keyboard.press('Enter');
  await form.getByRole('button', { name: 'Kaydet' }).click();
  await expect(form.getByText(/bir saat aralığı değil/)).toBeVisible();
  await expect(form.getByLabel('Pazartesi')).toHaveValue('08:30-12:00, 13:00-17:30');
  await form.getByLabel('Salı').fill('');
  await form.getByRole('button', { name: 'İzin ekle' }).click();
  await form.getByLabel('Neden').fill('Yıllık izin');
  await form.getByRole('button', { name: 'Kaydet' }).click();
  await expect(form).toHaveCount(0);
  await expect(page.getByRole('row', { name: new RegExp(person.name) })).toContainText('otomotiv');
  await expect(page.getByRole('row', { name: new RegExp(person.name) })).toContainText('İzinde');
  const kept = await api.get(`assignment/people/${person.user_id}/`);
  expect(kept).toMatchObject({ daily_cap: 12, skills: ['otomotiv'] });
  expect(kept.hours.mon).toEqual(['08:30-12:00', '13:00-17:30']);
  expect(kept.hours.tue).toBeUndefined();
  expect(kept.absences).toMatchObject([{ reason: 'Yıllık izin' }]);
  await page.getByText(`${person.name} kaydedildi.`).locator('..').getByRole('button', { name: 'Geri al' }).click();
  await expect(page.getByText('Geri alındı.')).toBeVisible();
  expect((await api.get(`assignment/people/${person.user_id}/`)).daily_cap).toBe(person.daily_cap ?? null);
});

test('the rules in force are tried on the past', async ({ signedIn: page, api }) => {
  await noRules(api);
  const rule = await newRule(api, unique('Hepsi'));
  await api.send('POST', 'leads/', { last_name: unique('Geçmiş'), email: `g${Date.now()}@ornek.example` });
  await page.goto('/settings/assignment?tab=try');
  await page.getByRole('combobox', { name: 'Dönem' }).click();
  await page.getByRole('option', { name: 'Son 7 gün' }).click();
  await page.getByRole('button', { name: 'Dene', exact: true }).click();
  await expect(page.getByText(/tanesi sahipsiz kalırdı\. Hiçbir şey değişmedi\./)).toBeVisible();
  await expect(page.getByRole('table', { name: 'Kurallara göre' }).getByRole('row', { name: rule.name })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Kişilere göre' }).getByRole('rowheader').first()).toBeVisible();
});

const screens: Record<string, string> = {
  rules: '/settings/assignment',
  'a rule': '/settings/assignment?rule=new',
  people: '/settings/assignment?tab=people',
  trial: '/settings/assignment?tab=try',
};

async function settled(page: Page, path: string) {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(path);
  await expect(page.getByRole('heading', { level: 1, name: 'Aday dağıtımı', includeHidden: true })).toBeAttached();
  await expect(page.locator('[aria-busy=true], .mantine-Skeleton-root')).toHaveCount(0);
}

for (const theme of ['light', 'dark'] as const) {
  test.describe(theme, () => {
    test.use({ me: { locale: 'tr', theme } });
    for (const [name, path] of Object.entries(screens)) {
      test(`${name} is for everyone`, async ({ signedIn: page, api }) => {
        await newRule(api, unique('Kural'));
        await settled(page, path);
        expect(await violations(page)).toEqual([]);
      });
    }
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  for (const [name, path] of Object.entries(screens)) {
    test(`${name} fits the width`, async ({ signedIn: page, api }) => {
      await newRule(api, unique('Kural'));
      await settled(page, path);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    });
  }
});
