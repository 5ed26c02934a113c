import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FrameLocator, Page } from '@playwright/test';
import { type Api, expect, test, violations } from '../fixtures';

/** What a page complained of: a policy that it breaks, above all. */
function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') heard.push(message.text());
  });
  page.on('pageerror', (error) => heard.push(error.message));
  return heard;
}

async function form(api: Api, slug: string, content: object) {
  return api.send('POST', 'forms/', { name: slug, slug, content: { min_seconds: 0, ...content } });
}

async function leadOf(api: Api, email: string) {
  const found = await api.get(`leads/?email=${encodeURIComponent(email)}`);
  return found.results[0];
}

const box = (page: Page | FrameLocator, name: string) => page.getByRole('textbox', { name, exact: true });

async function fill(page: Page | FrameLocator, email: string) {
  await box(page, 'Adı').fill('Zeynep');
  await box(page, 'Soyadı').fill('Ak');
  await box(page, 'E-posta').fill(email);
}

test.describe('a form on the web', () => {
  test('is filled in by a stranger on its own page', async ({ page, api }) => {
    await form(api, 'kendi-sayfasi', {
      consents: [
        { channel: 'email', purpose: 'marketing', text_tr: 'E-posta almak istiyorum.', text_en: 'I want mail.' },
      ],
    });
    const heard = complaints(page);
    await page.goto('/f/kendi-sayfasi?utm_source=deneme');
    await fill(page, 'zeynep@ornek.example');
    await page.getByLabel('E-posta almak istiyorum.').check();
    await page.getByRole('button', { name: 'Gönder' }).click();
    await expect(page.getByRole('status')).toContainText('Teşekkürler');
    const lead = await leadOf(api, 'zeynep@ornek.example');
    expect(lead).toMatchObject({ name: 'Zeynep Ak', source: 'web_form', utm_source: 'deneme' });
    const figures = await api.get(`forms/${lead.form_id}/figures/`);
    expect(figures.total).toMatchObject({ views: 1, starts: 1, submissions: 1, leads: 1 });
    expect(heard).toEqual([]);
  });

  test('says what is wrong and keeps what was typed, on a phone, in the dark', async ({ page, api }) => {
    await form(api, 'telefonda', {});
    await page.setViewportSize({ width: 360, height: 740 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto('/f/telefonda');
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(wide).toBe(false);
    await fill(page, 'zeynep@yanlis');
    await page.getByRole('button', { name: 'Gönder' }).click();
    await expect(page.getByRole('alert')).toBeFocused();
    await expect(box(page, 'E-posta')).toHaveAttribute('aria-invalid', 'true');
    await expect(box(page, 'Adı')).toHaveValue('Zeynep');
    await box(page, 'E-posta').fill('telefon@ornek.example');
    await page.getByRole('button', { name: 'Gönder' }).click();
    await expect(page.getByRole('status')).toBeVisible();
    expect(await leadOf(api, 'telefon@ornek.example')).toBeTruthy();
  });

  test('can be used by everybody', async ({ page, api }) => {
    await form(api, 'herkes', {
      consents: [
        {
          channel: 'sms',
          purpose: 'marketing',
          text_tr: 'SMS almak istiyorum.',
          text_en: 'I want SMS.',
          notice_tr: 'Metin.',
        },
      ],
      privacy_tr: 'Verileriniz KVKK uyarınca işlenir.',
      fields: ['first_name', 'email', 'phone', 'city', 'country', 'company_size', 'budget', 'notes'].map((field) => ({
        field,
        is_required: field === 'email',
        help_tr: 'Yardım',
      })),
    });
    // The policy of the page lets nobody put a script into it, axe neither: it looks at a page that says the same without one.
    const content = (await api.get('forms/')).results.find((one: { slug: string }) => one.slug === 'herkes').content;
    const { html } = await api.send('POST', 'forms/preview/', { content });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setContent(html);
      expect(await violations(page)).toEqual([]);
    }
  });

  test('stands in the page of another site, grows with what is in it, and knows where people came from', async ({
    page,
    api,
    baseURL,
  }) => {
    const site = createServer((_, answer) => {
      answer.setHeader('content-type', 'text/html; charset=utf-8');
      answer.end(
        `<!doctype html><title>Site</title><h1>Site</h1><script src="${baseURL}/f/gomulu.js" data-title="İletişim"></script>`,
      );
    });
    await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
    const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    await form(api, 'gomulu', { allowed_origins: [origin], redirect_url: `${origin}/tesekkurler` });
    await form(api, 'izinsiz', {});
    try {
      const heard = complaints(page);
      await page.goto(`${origin}/?utm_source=site&utm_campaign=bahar`);
      const frame = page.frameLocator('iframe[title="İletişim"]');
      await fill(frame, 'gomulu@ornek.example');
      await expect.poll(async () => (await page.locator('iframe').boundingBox())?.height ?? 0).toBeGreaterThan(500);
      await frame.getByRole('button', { name: 'Gönder' }).click();
      await page.waitForURL(`${origin}/tesekkurler`);
      const lead = await leadOf(api, 'gomulu@ornek.example');
      expect(lead).toMatchObject({
        utm_source: 'site',
        utm_campaign: 'bahar',
        landing_page: `${origin}/?utm_source=site&utm_campaign=bahar`,
      });
      expect(heard).toEqual([]);
      await page.setContent(`<iframe src="${baseURL}/f/izinsiz?embed=1"></iframe>`);
      await expect.poll(() => heard.join()).toContain('frame-ancestors');
    } finally {
      site.close();
    }
  });
});
