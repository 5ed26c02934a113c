// What holds of every screen there is, in both languages, on a desk and on a phone, in light and in dark.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { type Api, expect, test, violations } from '../fixtures';

const web = fileURLToPath(new URL('../../web/src/', import.meta.url));

/** Where a screen is that needs a record. */
const records: Record<string, (api: Api) => Promise<string>> = {
  'customers/$customerId': async (api) => `/customers/${await firstOf(api, 'customers')}`,
  'customers/merge': async (api) => {
    const { results } = await api.get('customers/?page_size=2&customer_type=company');
    return `/customers/merge?ids=${results.map(({ id }: { id: number }) => id).join(',')}`;
  },
  'activities/$activityId': async (api) => {
    const due_date = new Date().toISOString();
    return `/activities/${(await api.send('POST', 'activities/', { subject: 'Ekran', due_date })).id}`;
  },
  'leads/$leadId': async (api) => `/leads/${await firstOf(api, 'leads')}`,
  'opportunities/$opportunityId': async (api) => `/opportunities/${await firstOf(api, 'opportunities')}`,
  'settings/roles/$roleId': async (api) => `/settings/roles/${await firstOf(api, 'roles')}`,
  'settings/forms/$formId': async (api) => {
    const name = `Ekranlar ${Date.now()}`;
    return `/settings/forms/${(await api.send('POST', 'forms/', { name, is_active: true })).id}`;
  },
};

async function firstOf(api: Api, path: string): Promise<number> {
  const answer = await api.get(`${path}/?page_size=1`);
  return (answer.results ?? answer)[0].id;
}

/** All routes behind the sign-in, from the files that make them: a new one is tested without being told of here. */
const files = readdirSync(`${web}routes/_app`, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.tsx'),
);
const routes = [...new Set(files.map((file) => file.replace(/\.tsx$/, '').replace(/\/?index$/, '')))].sort();

/** The words of the application, by language. */
const words = { tr: catalogue('tr'), en: catalogue('en') };

function catalogue(language: 'tr' | 'en'): Set<string> {
  const files = readdirSync(web, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.includes('locales') && (file.endsWith(`${language}.json`) || file.includes(`locales/${language}/`)),
  );
  const said = new Set<string>();
  const collect = (value: unknown) => {
    if (typeof value === 'string') said.add(value);
    else Object.values(value as object).forEach(collect);
  };
  for (const file of files.filter((one) => one.endsWith('.json'))) {
    collect(JSON.parse(readFileSync(`${web}${file}`, 'utf8')));
  }
  return said;
}

/** What the screen says, and what of it the server has answered: names, notes and the like have no language. */
interface Heard {
  texts: string[];
  answered: string;
  shift: number;
}

async function hear(page: Page, path: string): Promise<Heard> {
  const answers: Promise<string>[] = [];
  const take = (answer: { url: () => string; text: () => Promise<string> }) => {
    if (answer.url().includes('/api/') && !answer.url().includes('/events')) {
      answers.push(answer.text().catch(() => ''));
    }
  };
  page.on('requestfinished', async (request) => {
    const answer = await request.response();
    if (answer) take(answer);
  });
  await page.goto(path);
  await expect(page.getByRole('heading').first()).toBeVisible();
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
  const { texts, shift } = await page.evaluate(() => {
    const texts = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement;
      if (parent && !parent.closest('script,style,code,kbd,pre') && parent.checkVisibility())
        texts.add(walker.currentNode.textContent?.trim() ?? '');
    }
    for (const one of document.querySelectorAll('[aria-label],[title],[placeholder]')) {
      for (const name of ['aria-label', 'title', 'placeholder']) texts.add(one.getAttribute(name) ?? '');
    }
    return { texts: [...texts], shift: (window as unknown as { shift: number }).shift };
  });
  return { texts, shift, answered: (await Promise.all(answers)).join('\n') };
}

const watchShift = () => {
  const seen = window as unknown as { shift: number };
  seen.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { hadRecentInput: boolean; value: number })[]) {
      if (!entry.hadRecentInput) seen.shift += entry.value;
    }
  }).observe({ type: 'layout-shift', buffered: true });
};

/** What is called the same everywhere, a language in itself, and what a library hides in the page to measure by. */
const names = new Set(['Context7 CRM', 'WhatsApp', 'Türkçe', 'English', 'autosize measurement']);

/** Of a date only the month is a word, and some are the same in both languages; an address is none. */
const isWord = (text: string) => /\p{L}{3}/u.test(text) && !/^(\d{1,2} \p{L}{3} \d{4}|https?:\S+)$/u.test(text);

for (const route of routes) {
  test(`/${route}`, async ({ signedIn: page, api }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.addInitScript(watchShift);
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    const path = (await records[route]?.(api)) ?? `/${route}`;

    const heard: Record<string, Heard> = {};
    for (const [locale, theme, other] of [
      ['tr', 'light', 'en'],
      ['en', 'dark', 'tr'],
    ] as const) {
      await api.send('PATCH', 'me/', { locale, theme });
      await page.setViewportSize({ width: 1440, height: 860 });
      const said = await hear(page, path);
      heard[locale] = said;
      const foreign = said.texts.filter(
        (text) =>
          isWord(text) &&
          words[other].has(text) &&
          !words[locale].has(text) &&
          !said.answered.includes(text) &&
          !names.has(text),
      );
      expect.soft(foreign, `of the other language, in ${locale}`).toEqual([]);
      const raw = said.texts.filter(
        (text) => /(^|\s)[a-z]+(_[a-z]+)+/.test(text) || /undefined|NaN|\[object/.test(text),
      );
      expect.soft(raw, `raw names, in ${locale}`).toEqual([]);
      expect.soft(said.shift, `layout shift, in ${locale}`).toBeLessThan(0.05);
      // Each theme in one width: looking through all of a page takes longer than loading it.
      if (theme === 'light') expect.soft(await violations(page), 'axe, light').toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      const width = () => page.evaluate(() => document.documentElement.scrollWidth);
      await expect.soft.poll(width, `width on a phone, in ${locale}`).toBeLessThanOrEqual(390);
      if (theme === 'dark') expect.soft(await violations(page), 'axe on a phone, dark').toEqual([]);
    }
    const { tr, en } = heard as { tr: Heard; en: Heard };
    const isData = (text: string) => (text.match(/\p{L}{3,}/gu) ?? []).every((word) => tr.answered.includes(word));
    const same = tr.texts.filter(
      (text) =>
        isWord(text) &&
        en.texts.includes(text) &&
        !isData(text) &&
        !names.has(text) &&
        !(words.tr.has(text) && words.en.has(text)),
    );
    expect.soft(same, 'said alike in both languages, though no data').toEqual([]);
    expect.soft(complaints, 'errors in the console').toEqual([]);
  });
}
