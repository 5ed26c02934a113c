import { chromium } from '@playwright/test';
import { readFileSync } from 'node:fs';
const axe = readFileSync(new URL('./node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const base = 'http://127.0.0.1:8516';
const [, , out, theme = 'light', width = '1280', ...paths] = process.argv;
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const context = await browser.newContext({ viewport: { width: Number(width), height: 900 }, locale: 'tr-TR', colorScheme: theme, reducedMotion: 'reduce' });
const page = await context.newPage();
page.on('pageerror', (e) => console.log('ERR', e.message));
page.on('console', (m) => m.type() === 'error' && console.log('console', m.text()));
await page.goto(base + '/sign-in');
const tok = await page.evaluate(async (theme) => {
  const a = await fetch('/api/v1/crm/session/', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ email: 'admin@ornek.example', password: 'context7-demo' }) });
  const { csrf_token } = await a.json();
  await fetch('/api/v1/crm/me/', { method: 'PATCH', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf_token }, body: JSON.stringify({ theme, locale: 'tr' }) });
  return csrf_token;
}, theme);
let n = 0;
for (const spec of paths) {
  const [path, ...clicks] = spec.split('|');
  await page.goto(base + path);
  await page.waitForLoadState('networkidle');
  for (const click of clicks) {
    const [role, name] = click.split('=');
    await page.getByRole(role, { name }).first().click();
    await page.waitForLoadState('networkidle');
    await page.waitForTimeout(300);
  }
  const w = await page.evaluate(() => document.documentElement.scrollWidth);
  await page.evaluate(axe);
  const v = await page.evaluate(async () => (await axe.run({ resultTypes: ['violations'] })).violations.flatMap((r) => r.nodes.map((x) => r.id + ': ' + x.html.slice(0, 160))));
  const file = `${out}-${n++}.png`;
  await page.screenshot({ path: file, fullPage: true });
  console.log(file, path, 'width', w, v);
}
await browser.close();
