import { expect, test, violations } from '../fixtures';

// What the demonstration data is known to hold.
const won = '4.238';
const lost = '2.473';

test('the pipeline says what was won and lost, and which opportunities those are', async ({ signedIn: page }) => {
  await page.goto('/pipeline?from=2017-01-01&to=2017-12-31');
  await expect(page.getByRole('heading', { name: 'Satış hattı', level: 1 })).toBeVisible();
  const speed = page.getByRole('region', { name: 'Hız ve gecikme' });
  await expect(speed.getByText('%63,15')).toBeVisible();
  await expect(speed.getByText('₺10.005.534')).toBeVisible();
  await expect(speed.getByRole('button', { name: lost, exact: true })).toBeVisible();
  await speed.getByRole('button', { name: won, exact: true }).click();
  const drawer = page.getByRole('dialog', { name: 'Bu sayıdaki fırsatlar' });
  await expect(drawer.getByRole('status')).toContainText(`${won} fırsat`);
  await expect(drawer.getByRole('table').getByRole('link')).toHaveCount(50);
  // Somebody else opens the same address and sees the same.
  await page.reload();
  await expect(drawer.getByRole('status')).toContainText(`${won} fırsat`);
  await page.keyboard.press('Escape');
  await expect(drawer).toHaveCount(0);
  expect(page.url()).not.toContain('behind');
});

test('days, and what outcomes are told apart by, stand in the address', async ({ signedIn: page, api }) => {
  await page.goto('/pipeline?from=2017-03-01&to=2017-03-31');
  const speed = page.getByRole('region', { name: 'Hız ve gecikme' });
  await expect(speed.getByText('%82,07')).toBeVisible();
  await expect(page.getByText('Son bir yılda fırsat yok')).toHaveCount(0);
  await page.getByRole('combobox', { name: 'Neye göre' }).selectOption('by_product');
  await expect(page).toHaveURL(/by=by_product/);
  const { win_rate } = await api.get('pipeline/?from=2017-03-01&to=2017-03-31');
  const rows = page.getByRole('table', { name: 'Kazanma oranları' }).getByRole('row');
  await expect(rows).toHaveCount(win_rate.by_product.length + 1);
});

test('the forecast adds up to what was won, and shows what is still expected', async ({ signedIn: page, api }) => {
  await page.goto('/forecast?from=2017-01-01&to=2018-03-31');
  await expect(page.getByRole('heading', { name: 'Tahmin', level: 1 })).toBeVisible();
  const periods = page.getByRole('table', { name: 'Dönemlere göre' });
  const { periods: shown, history } = await api.get('forecast/?period=quarter&from=2017-01-01&to=2018-03-31');
  // Other tests win and lose, too.
  const said = (count: number) => count.toLocaleString('tr-TR');
  await expect(page.getByText(`${said(history.won)} kazanılan ve ${said(history.lost)} kaybedilen`)).toBeVisible();
  await expect(periods.getByRole('row')).toHaveCount(shown.length + 1);
  const closed = shown.map(
    ({ lines }: { lines: { kind: string; categories: { closed: { amount: string } } }[] }) =>
      lines.find(({ kind }) => kind === 'total')?.categories.closed.amount,
  );
  expect(closed.map(Number).reduce((sum: number, one: number) => sum + one)).toBe(10_005_534);
  await periods.getByRole('button', { name: '₺1.134.672 (531)' }).click();
  const drawer = page.getByRole('dialog', { name: 'Bu sayıdaki fırsatlar' });
  await expect(drawer.getByRole('status')).toContainText('531 fırsat');
});

test('every figure of the pipeline opens the list that proves it', async ({ signedIn: page, api }) => {
  const asked = 'from=2017-01-01&to=2017-12-31';
  await page.goto(`/pipeline?${asked}&by=by_month`);
  const { stages, win_rate, slippage } = await api.get(`pipeline/?${asked}`);
  const drawer = page.getByRole('dialog', { name: 'Bu sayıdaki fırsatlar' });
  const said = (count: number) => `${count.toLocaleString('tr-TR')} fırsat`;
  const opens = async (figure: string, count: number) => {
    await page.getByTitle(`${figure}: fırsatları göster`, { exact: true }).click();
    await expect(drawer.getByRole('status')).toContainText(said(count));
    await page.keyboard.press('Escape');
    await expect(drawer).toHaveCount(0);
  };
  const stage = stages.find((one: { cohort: { entered: number; went_on: number } }) => one.cohort.went_on > 0);
  await opens(`${stage.name_tr}, Giren`, stage.cohort.entered);
  await opens(`${stage.name_tr}, İlerleyen`, stage.cohort.went_on);
  await opens(`${stage.name_tr}, Ortanca süre`, stage.time_in_stage.left);

  // A product's row: its lines, which no criteria lists.
  await page.getByRole('combobox', { name: 'Neye göre' }).selectOption('by_product');
  const product = win_rate.by_product.find((one: { won: number }) => one.won > 0);
  await opens(`${product.key.name}, Kazanılan`, product.won);
  // What is nothing opens nothing.
  if (slippage.pushes === 0) await expect(page.getByTitle('Erteleme: fırsatları göster')).toHaveCount(0);
  else await opens('Erteleme', slippage.pushes);
});

test('what past periods brought opens its list', async ({ signedIn: page, api }) => {
  const { past } = await api.get('forecast/?period=quarter&from=2018-01-01&to=2018-03-31');
  await page.goto('/forecast?from=2018-01-01&to=2018-03-31');
  const table = page.getByRole('table', { name: 'Önceki dönemlerin tahmini ve gerçekleşeni' });
  await expect(table.getByRole('row')).toHaveCount(past.length + 1);
  const last = past.at(-1);
  expect(last.won.count).toBeGreaterThan(0);
  await table
    .getByRole('row')
    .last()
    .getByTitle(/Gerçekleşen: fırsatları göster/)
    .click();
  const drawer = page.getByRole('dialog', { name: 'Bu sayıdaki fırsatlar' });
  await expect(drawer.getByRole('status')).toContainText(`${last.won.count.toLocaleString('tr-TR')} fırsat`);
});

for (const theme of ['light', 'dark'] as const) {
  test.describe(theme, () => {
    test.use({ me: { locale: 'tr', theme } });
    test('pipeline and forecast are accessible and fit a phone', async ({ signedIn: page }) => {
      for (const [address, table] of [
        ['/pipeline?by=by_month', 'Dönüşüm'],
        ['/forecast', 'Dönemlere göre'],
      ] as const) {
        await page.setViewportSize({ width: 1280, height: 800 });
        await page.goto(address);
        await expect(page.getByRole('table', { name: table })).toBeVisible();
        expect(await violations(page)).toEqual([]);
        await page.setViewportSize({ width: 390, height: 844 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
        expect(await violations(page)).toEqual([]);
      }
    });
  });
}
