import { expect, newCompany, test, violations } from '../fixtures';

async function newOpportunity(api: Parameters<typeof newCompany>[0], more: Record<string, unknown> = {}) {
  const stamp = `${Date.now()}${Math.floor(Math.random() * 1000)}`;
  const customer = await newCompany(api, `Fırsat Müşterisi ${stamp}`);
  // The earliest day stands first in its column.
  const body = { name: `Fırsat ${stamp}`, customer: customer.id, expected_close_date: '2016-01-01', ...more };
  return api.send('POST', 'opportunities/', body);
}

test('the menu of a card moves it, and undo brings it back', async ({ signedIn: page, api }) => {
  const { id, name } = await newOpportunity(api, { amount: '1000.00' });
  await page.goto('/opportunities');
  const columns = page.getByRole('region', { name: 'Aşamalara göre fırsatlar' });
  const [first, second] = (await api.get('pipelines/')).results[0].stages;
  const from = columns.getByRole('region', { name: first.name_tr, exact: true });
  const to = columns.getByRole('region', { name: second.name_tr, exact: true });
  await expect(from.getByRole('link', { name })).toBeVisible();
  await page.getByRole('button', { name: `${name} fırsatını taşı` }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: second.name_tr }).press('Enter');
  await expect(to.getByRole('link', { name })).toBeVisible();
  await expect(from.getByRole('link', { name })).toHaveCount(0);
  await expect(page.getByText('Fırsat taşındı.')).toBeVisible();
  expect((await api.get(`opportunities/${id}/`)).stage).toBe(second.key);
  await page.getByRole('button', { name: 'Geri al' }).click();
  await expect(from.getByRole('link', { name })).toBeVisible();
  expect((await api.get(`opportunities/${id}/`)).stage).toBe(first.key);
});

test('a card is dragged to another stage', async ({ signedIn: page, api }) => {
  const { id, name } = await newOpportunity(api, { amount: '1000.00' });
  const [first, second] = (await api.get('pipelines/')).results[0].stages;
  await page.goto('/opportunities');
  const card = page
    .getByRole('region', { name: first.name_tr, exact: true })
    .getByRole('listitem')
    .filter({ hasText: name });
  const to = page.getByRole('region', { name: second.name_tr, exact: true });
  await card.dragTo(to);
  await expect(to.getByRole('link', { name })).toBeVisible();
  await expect(page.getByText('Fırsat taşındı.')).toBeVisible();
  expect((await api.get(`opportunities/${id}/`)).stage).toBe(second.key);
});

test('a stage asks for what it needs, and nothing is moved until then', async ({ signedIn: page, api }) => {
  // Not the one of the demonstration data, which asks for nothing.
  const pipelines: { id: number; stages: { key: string; name_tr: string; required_fields: string[] }[] }[] = (
    await api.get('pipelines/')
  ).results;
  const pipeline = pipelines.find(({ stages }) => stages.some(({ key }) => key === 'proposal'));
  const proposal = pipeline?.stages.find(({ key }) => key === 'proposal');
  if (!pipeline || !proposal) throw new Error('the built-in pipeline is missing');
  expect(proposal.required_fields).toEqual(['amount']);
  const { id, stage } = await newOpportunity(api, { pipeline: pipeline.id });
  await page.goto(`/opportunities/${id}`);
  await page.getByRole('group', { name: 'Aşamalar' }).getByRole('button', { name: proposal.name_tr }).click();
  const form = page.getByRole('dialog');
  await expect(form.getByRole('textbox')).toHaveCount(proposal.required_fields.length);
  expect((await api.get(`opportunities/${id}/`)).stage).toBe(stage);
  await form.getByRole('textbox', { name: 'Tutar', exact: true }).fill('2500');
  await form.getByRole('button', { name: 'Taşı', exact: true }).click();
  await expect(form).toHaveCount(0);
  await expect(page.getByText('Fırsat taşındı.')).toBeVisible();
  expect(await api.get(`opportunities/${id}/`)).toMatchObject({ stage: proposal.key, amount: '2500.00' });
});

for (const theme of ['light', 'dark'] as const) {
  test.describe(theme, () => {
    test.use({ me: { locale: 'tr', theme } });
    test('board and page are accessible and fit a phone', async ({ signedIn: page, api }) => {
      const { id, name } = await newOpportunity(api, { amount: '1000.00' });
      const widths = async () => page.evaluate(() => document.documentElement.scrollWidth);
      await page.goto('/opportunities');
      await expect(page.getByRole('link', { name })).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await widths()).toBeLessThanOrEqual(390);
      await page.goto(`/opportunities/${id}`);
      await expect(page.getByRole('heading', { name })).toBeVisible();
      expect(await widths()).toBeLessThanOrEqual(390);
      expect(await violations(page)).toEqual([]);
    });
  });
}
