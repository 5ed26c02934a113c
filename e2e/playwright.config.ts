import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'tests',
  outputDir: 'results',
  // Each has a server and data of its own. More than the small machine of CI has cores would only wait for each other.
  workers: 2,
  timeout: 45_000,
  expect: { timeout: 8_000 },
  reporter: process.env.CI ? [['list'], ['github']] : 'list',
  use: {
    locale: 'tr-TR',
    // They would answer in the place of what a test puts there; the test of the installed application allows them.
    serviceWorkers: 'block',
    timezoneId: 'Europe/Istanbul',
    colorScheme: 'light',
    viewport: { width: 1440, height: 860 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
