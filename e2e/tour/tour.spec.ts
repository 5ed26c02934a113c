// The pictures of the README's tour, taken of the running program with the demonstration data: `scripts/tour`.
import type { Page } from '@playwright/test';
import { type Api, expect, rowLinks, test } from '../fixtures';

const OUT = process.env.TOUR_DIR ?? '../docs/tour';

/** A screen: its name in the file, and how one gets there. */
type Screens = Record<string, (page: Page, api: Api) => Promise<void>>;

const settled = (page: Page) => page.waitForTimeout(700);

/** Two records of one person, as clerks make them. */
async function twice(api: Api): Promise<[number, number]> {
  const one = {
    customer_type: 'individual',
    first_name: 'Zeynep',
    last_name: 'Karaca',
    birth_date: '1987-03-14',
    primary_phone: '0532 481 22 07',
    primary_email: 'zeynep.karaca@posta.example',
    city: 'Bursa',
  };
  const first = await api.send('POST', 'customers/', { ...one, tags: ['bülten'] });
  const second = await api.send('POST', 'customers/', {
    ...one,
    first_name: 'Zeynp',
    primary_email: '',
    city: 'İzmir',
  });
  return [first.id, second.id];
}

let pair: [number, number] | undefined;

const screens: Screens = {
  customers: async (page) => {
    await page.goto('/customers');
    await expect(rowLinks(page).first()).toBeVisible();
  },
  peek: async (page, api) => {
    const { results } = await api.get('customers/?page_size=3&ordering=name');
    await page.goto(`/customers?ordering=name&peek=${results[1].id}`);
    await expect(page.getByRole('dialog').or(page.getByRole('complementary')).first()).toBeVisible();
  },
  customer: async (page, api) => {
    const { results } = await api.get('customers/?page_size=1&customer_type=company&annual_revenue__is_set=true');
    await page.goto(`/customers/${results[0].id}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  },
  leads: async (page) => {
    await page.goto('/leads');
    await expect(rowLinks(page).first()).toBeVisible();
  },
  lead: async (page, api) => {
    const { results } = await api.get('leads/?page_size=1&ordering=-lead_score');
    await page.goto(`/leads/${results[0].id}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  },
  board: async (page) => {
    await page.goto('/opportunities');
    await expect(page.getByRole('listitem').first()).toBeVisible();
  },
  opportunities: async (page) => {
    await page.goto('/opportunities/list');
    await expect(rowLinks(page).first()).toBeVisible();
  },
  opportunity: async (page, api) => {
    const { results } = await api.get('opportunities/?page_size=1&outcome=open&ordering=-amount_base');
    await page.goto(`/opportunities/${results[0].id}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  },
  pipeline: async (page) => {
    await page.goto('/pipeline');
    await expect(page.getByRole('table').first()).toBeVisible();
  },
  forecast: async (page) => {
    await page.goto('/forecast');
    await expect(page.getByRole('table').first()).toBeVisible();
  },
  palette: async (page) => {
    await page.goto('/customers');
    await expect(rowLinks(page).first()).toBeVisible();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').last().fill('mu');
  },
  duplicates: async (page, api) => {
    pair ??= await twice(api);
    await expect.poll(async () => (await api.get('customers/duplicates/')).count).toBeGreaterThan(0);
    await page.goto('/customers/duplicates');
  },
  merge: async (page, api) => {
    pair ??= await twice(api);
    await page.goto(`/customers/merge?ids=${pair.join(',')}`);
    await expect(page.getByRole('radio').first()).toBeVisible();
  },
  import: async (page) => {
    await page.goto('/import');
    const rows = ['Firma adı;E-posta;Telefon;İl', 'Alfa Gıda A.Ş.;info@alfa.example;0212 555 10 10;İstanbul'];
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'musteriler.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) });
    await expect(page.getByText('Alfa Gıda A.Ş.').first()).toBeVisible();
  },
  operations: async (page) => {
    await page.goto('/operations');
  },
  users: async (page) => {
    await page.goto('/settings/users');
  },
  role: async (page, api) => {
    const { results } = await api.get('roles/');
    const seller = results.find(({ code }: { code: string }) => code === 'sales_rep');
    await page.goto(`/settings/roles/${seller.id}`);
  },
  audit: async (page) => {
    await page.goto('/settings/audit');
  },
  system: async (page) => {
    await page.goto('/settings/system');
  },
};

for (const theme of ['light', 'dark'] as const) {
  for (const [size, viewport] of [
    ['1440', { width: 1440, height: 900 }],
    ['390', { width: 390, height: 844 }],
  ] as const) {
    test.describe(`${theme} ${size}`, () => {
      test.use({ me: { locale: 'tr', theme }, viewport });
      for (const [name, open] of Object.entries(screens)) {
        // A phone has no keys for it.
        if (size === '390' && name === 'palette') continue;
        test(name, async ({ signedIn: page, api }) => {
          await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: theme });
          await open(page, api);
          await settled(page);
          await page.screenshot({ path: `${OUT}/${name}-${size}-${theme}.png` });
        });
      }
    });
  }
}

test('sign-in', async ({ page }) => {
  await page.goto('/sign-in');
  await settled(page);
  await page.screenshot({ path: `${OUT}/sign-in-1440-light.png` });
});
