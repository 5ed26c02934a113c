// How the web application feels over a large base: what `scripts/bench-web` prints. It measures and asserts nothing.
import { type CDPSession, type Page, test } from '@playwright/test';

const { CRM_URL = 'http://127.0.0.1:8080', CRM_EMAIL = '', CRM_PASSWORD = '' } = process.env;
const ROUNDS = 5;
/** A phone or an old laptop beside the machine this runs on. */
const SLOWED_BY = 4;

test.use({ baseURL: CRM_URL });
test.setTimeout(300_000);

test('web', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByLabel(/E-posta|E-mail/).fill(CRM_EMAIL);
  await page.getByLabel(/^(Parola|Password)$/).fill(CRM_PASSWORD);
  await page.keyboard.press('Enter');
  await row(page).waitFor();
  const cdp = await page.context().newCDPSession(page);
  await page.addInitScript(watch);

  console.log('| what | figure |\n|---|--:|');
  const loads = [];
  for (let round = 0; round < ROUNDS; round += 1) loads.push(await load(page, cdp));
  const typical = loads.sort((a, b) => a.interactiveMs - b.interactiveMs)[Math.floor(ROUNDS / 2)];
  say('first load, over the wire', `${((typical?.bytes ?? 0) / 1000).toFixed(0)} kB`);
  say(`interactive, CPU ${SLOWED_BY} times slower`, `${typical?.interactiveMs.toFixed(0)} ms`);
  say('layout shift while loading (CLS)', Math.max(...loads.map(({ shift }) => shift)).toFixed(4));

  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  const scrolled = await scroll(page);
  say('rows scrolled past', String(scrolled.rows));
  say('scrolling: skeletons in sight at most', `${scrolled.bonesMs.toFixed(0)} ms`);
  say('scrolling: longest task', `${scrolled.longestMs.toFixed(0)} ms`);
  const typed = await type(page);
  say('typing in the search: longest task', `${typed.longestMs.toFixed(0)} ms`);
  say('typing in the search: slowest key to paint', `${typed.slowestKeyMs.toFixed(0)} ms`);
});

const row = (page: Page) => page.getByRole('table').locator('[data-row-link]').first();

function say(what: string, figure: string) {
  console.log(`| ${what} | ${figure} |`);
}

/** Loads the list with an empty cache; interactive is when the rows are there and the last long task is over. */
async function load(page: Page, cdp: CDPSession) {
  await page.goto('about:blank');
  await cdp.send('Network.enable');
  await cdp.send('Network.clearBrowserCache');
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWED_BY });
  let bytes = 0;
  const count = ({ encodedDataLength }: { encodedDataLength: number }) => {
    bytes += encodedDataLength;
  };
  cdp.on('Network.loadingFinished', count);
  await page.goto('/customers');
  await row(page).waitFor();
  const shownMs = await page.evaluate(() => performance.now());
  await page.waitForTimeout(1_500);
  cdp.off('Network.loadingFinished', count);
  const seen = await page.evaluate(() => (window as unknown as Watched).seen);
  const busyUntilMs = Math.max(0, ...seen.tasks.filter(({ at }) => at < shownMs + 500).map(({ at, ms }) => at + ms));
  return { bytes, interactiveMs: Math.max(shownMs, busyUntilMs), shift: seen.shift };
}

/** Turns the wheel as fast as a hand can, for some twenty seconds. */
async function scroll(page: Page) {
  await page.goto('/customers');
  await row(page).waitFor();
  await page.getByRole('table').hover();
  await forget(page);
  for (let turn = 0; turn < 400; turn += 1) {
    await page.mouse.wheel(0, 900);
    await page.waitForTimeout(16);
  }
  await page.waitForTimeout(500);
  const rows = await page.evaluate(() =>
    Math.max(...[...document.querySelectorAll('[data-index]')].map((one) => Number(one.getAttribute('data-index')))),
  );
  return { rows, ...(await figures(page)) };
}

async function type(page: Page) {
  await page.goto('/customers');
  await row(page).waitFor();
  await page.getByRole('searchbox').first().click();
  await forget(page);
  for (const word of ['ayşe yılmaz', 'mehmet', 'kadıköy gıda']) {
    await page.keyboard.type(word, { delay: 60 });
    await page.waitForTimeout(400);
    for (const _ of word) await page.keyboard.press('Backspace');
  }
  await page.waitForTimeout(500);
  return figures(page);
}

interface Seen {
  tasks: { at: number; ms: number }[];
  keys: number[];
  shift: number;
  /** The longest that skeletons were in sight without a break. */
  bonesMs: number;
}

interface Watched {
  seen: Seen;
}

/** Runs in every page, before the application. */
function watch() {
  const seen: Seen = { tasks: [], keys: [], shift: 0, bonesMs: 0 };
  (window as unknown as Watched).seen = seen;
  const observe = (type: string, take: (entry: PerformanceEntry) => void, more: object = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...more });
  observe('longtask', ({ startTime, duration }) => seen.tasks.push({ at: startTime, ms: duration }));
  observe('layout-shift', (entry) => {
    const { hadRecentInput, value } = entry as PerformanceEntry & { hadRecentInput: boolean; value: number };
    if (!hadRecentInput) seen.shift += value;
  });
  const isKey = (name: string) => name.startsWith('key') || name === 'input';
  observe('event', ({ name, duration }) => isKey(name) && seen.keys.push(duration), { durationThreshold: 16 });
  let since: number | undefined;
  const look = (now: number) => {
    const bones = [...document.querySelectorAll('[role=table] [class*=bone]')].some((bone) => {
      const { top, bottom } = bone.getBoundingClientRect();
      return bottom > 100 && top < window.innerHeight;
    });
    if (!bones) since = undefined;
    else {
      since ??= now;
      seen.bonesMs = Math.max(seen.bonesMs, now - since);
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function forget(page: Page) {
  await page.evaluate(() => {
    Object.assign((window as unknown as Watched).seen, { tasks: [], keys: [], bonesMs: 0 });
  });
}

async function figures(page: Page) {
  const { tasks, keys, bonesMs } = await page.evaluate(() => (window as unknown as Watched).seen);
  return { bonesMs, longestMs: Math.max(0, ...tasks.map(({ ms }) => ms)), slowestKeyMs: Math.max(0, ...keys) };
}
