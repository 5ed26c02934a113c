import { expect, newCompany, test, violations } from '../fixtures';

const soon = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

test('a call is planned on the page of a customer, completed with what is next, and undone', async ({
  signedIn: page,
  api,
}) => {
  const customer = await newCompany(api, `Aktivite ${Date.now()} A.Ş.`);
  await page.goto(`/customers/${customer.id}`);
  const panel = page.getByRole('region', { name: 'Aktiviteler' });
  await expect(panel.getByText('Henüz bir aktivite yok.')).toBeVisible();
  await panel.getByRole('button', { name: 'Aktivite ekle' }).click();
  await page.getByRole('menuitem', { name: 'Yeni aktivite' }).click();
  const drawer = page.getByRole('dialog', { name: 'Yeni aktivite' });
  await drawer.getByText('Telefon görüşmesi').click();
  // Without a subject nothing is kept, and the field says so.
  await drawer.getByRole('button', { name: 'Planla' }).click();
  await expect(drawer.getByText('Bu alan gerekli.')).toBeVisible();
  await drawer.getByRole('textbox', { name: 'Konu' }).fill('Teklif üzerine konuş');
  await drawer.getByRole('button', { name: 'Planla' }).click();
  await expect(page.getByText('Teklif üzerine konuş planlandı.')).toBeVisible();
  await expect(panel.getByRole('link', { name: 'Teklif üzerine konuş' })).toBeVisible();

  await panel.getByRole('checkbox', { name: 'Teklif üzerine konuş: ne oldu?' }).click();
  const completing = page.getByRole('dialog', { name: 'Teklif üzerine konuş: ne oldu?' });
  await completing.getByRole('textbox', { name: 'Sonuç notu' }).fill('Fiyat yüksek bulundu');
  await completing.getByText('3 gün sonra').click();
  await completing.getByRole('button', { name: 'Tamamla' }).click();
  await expect(page.getByText('Teklif üzerine konuş tamamlandı.')).toBeVisible();
  const all = await api.get(`activities/?customer=${customer.id}&ordering=due_date`);
  const [done, next] = ['completed', 'planned'].map((status) =>
    all.results.find((one: { status: string }) => one.status === status),
  );
  expect(done).toMatchObject({ outcome: 'Fiyat yüksek bulundu' });
  expect(next).toMatchObject({ activity_type: 'follow_up', follows: done.id });
  const told = page.locator('.mantine-Notification-root', { hasText: 'tamamlandı' });
  await told.getByRole('button', { name: 'Geri al' }).click();
  const are = async (status: string) => (await api.get(`activities/?customer=${customer.id}&status=${status}`)).results;
  await expect.poll(async () => (await are('completed')).length).toBe(0);
  expect((await are('planned')).map(({ id }: { id: number }) => id)).toEqual([done.id]);
});

test('an activity that repeats is planned, says when it comes again, and ends', async ({ signedIn: page, api }) => {
  const stamp = Date.now();
  const customer = await newCompany(api, `Tekrar ${stamp} A.Ş.`);
  await page.goto(`/customers/${customer.id}`);
  const panel = page.getByRole('region', { name: 'Aktiviteler' });
  await panel.getByRole('button', { name: 'Aktivite ekle' }).click();
  await page.getByRole('menuitem', { name: 'Yeni aktivite' }).click();
  const drawer = page.getByRole('dialog', { name: 'Yeni aktivite' });
  await drawer.getByRole('textbox', { name: 'Konu' }).fill(`Her hafta ${stamp}`);
  await drawer.getByRole('combobox', { name: 'Tekrar' }).click();
  await page.getByRole('option', { name: 'Her hafta', exact: true }).click();
  await expect(drawer.getByText(/^her hafta/)).toBeVisible();
  await drawer.getByRole('button', { name: 'Planla' }).click();
  await expect(page.getByText(`Her hafta ${stamp} planlandı.`)).toBeVisible();
  const all = async () => (await api.get(`activities/?customer=${customer.id}&ordering=due_date`)).count;
  expect(await all()).toBeGreaterThan(50);

  await panel
    .getByRole('link', { name: `Her hafta ${stamp}` })
    .first()
    .click();
  const series = page.getByRole('region', { name: 'Tekrar' });
  await expect(series.getByRole('listitem')).toHaveCount(3);
  await series.getByRole('button', { name: 'Tekrarı bitir' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Tekrarı bitir' }).click();
  await expect(page.getByText('Tekrar bitti.')).toBeVisible();
  expect(await all()).toBe(1);
  await page.getByRole('button', { name: 'Geri al' }).last().click();
  await expect.poll(all).toBeGreaterThan(50);
});

test('one key completes an activity of the list, and nothing else changes', async ({ signedIn: page, api }) => {
  const stamp = Date.now();
  const first = await api.send('POST', 'activities/', { subject: `Ara ${stamp}`, due_date: soon(1) });
  const second = await api.send('POST', 'activities/', { subject: `Yaz ${stamp}`, due_date: soon(2) });
  await page.goto(`/activities?search=${stamp}&ordering=due_date`);
  await expect(page.getByRole('link', { name: first.subject })).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('c');
  const completing = page.getByRole('dialog', { name: `${first.subject}: ne oldu?` });
  await expect(completing).toBeVisible();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText(`${first.subject} tamamlandı.`)).toBeVisible();
  expect((await api.get(`activities/${first.id}/`)).status).toBe('completed');
  expect((await api.get(`activities/${second.id}/`)).status).toBe('planned');
});

test('a checklist, the time and the reminders of an activity', async ({ signedIn: page, api }) => {
  const activity = await api.send('POST', 'activities/', { subject: `Fuar ${Date.now()}`, due_date: soon(48) });
  await page.goto(`/activities/${activity.id}`);
  await expect(page.getByRole('heading', { level: 1, name: activity.subject })).toBeVisible();
  await page.getByRole('textbox', { name: 'Bir madde ekleyin' }).fill('Stant');
  await page.keyboard.press('Enter');
  await page.getByRole('checkbox', { name: 'Stant' }).click();
  await expect(page.getByText('1/1')).toBeVisible();
  await expect.poll(async () => (await api.get(`activities/${activity.id}/`)).checklist_done).toBe(1);
  await page.getByRole('textbox', { name: 'Kaç dakika?' }).fill('25');
  await page.getByRole('button', { name: 'Ekle', exact: true }).click();
  await expect(page.getByText('25 dakika kaydedildi.')).toBeVisible();
  expect((await api.get(`activities/${activity.id}/`)).spent_minutes).toBe(25);
  await expect(page.locator('#main').getByText('15 dakika önce')).toBeVisible();
  expect(await violations(page)).toEqual([]);
});
