import { expect, newCompany, test, violations } from '../fixtures';

/** A moment of a day, as the business' clocks show it. */
const at = (day: string, time: string) => `${day}T${time}:00+03:00`;
const today = () => new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Istanbul', dateStyle: 'short' }).format();

test('a meeting is made by dragging, moved by keys, and put back', async ({ signedIn: page, api }) => {
  const stamp = Date.now();
  // A Sunday on which nothing else stands.
  await page.goto(`/calendar?view=day&date=2029-03-18`);
  await expect(page.getByRole('heading', { name: '18 Mart 2029' })).toBeVisible();
  const column = page.locator('[data-column]').first();
  const box = await column.boundingBox();
  if (!box) throw new Error('no column');
  // From ten to half past eleven: an hour is 48 pixels.
  await page.mouse.move(box.x + 60, box.y + 10 * 48 + 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + 11 * 48, { steps: 4 });
  await page.mouse.move(box.x + 60, box.y + 11.5 * 48, { steps: 4 });
  await page.mouse.up();
  const drawer = page.getByRole('dialog', { name: 'Yeni aktivite' });
  await drawer.getByRole('textbox', { name: 'Konu' }).fill(`Takvim ${stamp}`);
  await drawer.getByRole('button', { name: 'Planla' }).click();
  const item = page.getByRole('link', { name: new RegExp(`Takvim ${stamp}`) });
  await expect(item).toHaveAccessibleName(/10:00–11:30/);
  const kept = async () => (await api.get(`activities/?search=${stamp}`)).results[0];
  expect(await kept()).toMatchObject({ duration: 90, activity_type: 'meeting' });

  await item.focus();
  await page.keyboard.press('ArrowDown');
  await expect(item).toHaveAccessibleName(/10:15–11:45/);
  await page.keyboard.press('Shift+ArrowDown');
  await expect(item).toHaveAccessibleName(/10:15–12:00/);
  await expect.poll(async () => (await kept()).duration).toBe(105);
  await page.getByRole('button', { name: 'Geri al' }).last().click();
  await expect(item).toHaveAccessibleName(/10:15–11:45/);
  expect(await violations(page)).toEqual([]);
});

test('of what repeats, one moves alone or with those that follow', async ({ signedIn: page, api }) => {
  const stamp = Date.now();
  const body = { activity_type: 'meeting', subject: `Dizi ${stamp}`, due_date: at('2027-01-12', '09:00') };
  await api.send('POST', 'activities/', { ...body, duration: 30, recurrence: 'FREQ=WEEKLY;COUNT=4' });
  await page.goto('/calendar?view=week&date=2027-01-19');
  const item = page.getByRole('link', { name: new RegExp(`Dizi ${stamp}`) });
  await item.focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('button', { name: 'Bu ve sonrakiler' }).click();
  await expect(page.getByText(`Dizi ${stamp} taşındı.`)).toBeVisible();
  const list = await api.get(`activities/?search=${stamp}&ordering=due_date`);
  const days = list.results.map(({ due_date }: { due_date: string }) => due_date.slice(0, 10));
  expect(days).toEqual(['2027-01-12', '2027-01-20', '2027-01-27', '2027-02-03']);
});

test('the views hold what they say, and the address keeps them', async ({ signedIn: page, api }) => {
  const customer = await newCompany(api, `Takvimli ${Date.now()} A.Ş.`);
  await api.send('POST', 'activities/', { subject: 'Ajandada', due_date: at(today(), '23:30'), customer: customer.id });
  await page.goto('/calendar');
  await page.getByText('Ajanda', { exact: true }).click();
  await expect(page).toHaveURL(/view=agenda/);
  await expect(page.getByRole('link', { name: 'Ajandada' }).first()).toBeVisible();
  await page.getByText('Ay', { exact: true }).click();
  await expect(page.getByRole('link', { name: /Ajandada/ }).first()).toBeVisible();
  await page.goto('/calendar?view=month&date=2026-10-10');
  await expect(page.getByText('Cumhuriyet Bayramı', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Sonraki' }).click();
  await expect(page).toHaveURL(/date=2026-11-01/);
  expect(await violations(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
});
