// Draws the icons of the installed application from the favicon with a browser: `CHROMIUM=chromium npm run icons`.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../public/', import.meta.url));
const svg = readFileSync(join(folder, 'favicon.svg'), 'utf8');
// A mask may cut all but the inner four fifths, so the ground fills the square and the sign is smaller.
const maskable = svg
  .replace(' rx="8"', '')
  .replace(/(<path.*\/>)<\/svg>/, '<g transform="translate(3.2 3.2) scale(.8)">$1</g></svg>');

const draw = (name, source, size) => {
  const temporary = mkdtempSync(join(tmpdir(), 'icons-'));
  const page = join(temporary, 'icon.html');
  writeFileSync(page, `<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${source}`);
  execFileSync(process.env.CHROMIUM ?? 'chromium', [
    '--headless',
    '--no-sandbox',
    '--hide-scrollbars',
    '--default-background-color=00000000',
    `--window-size=${size},${size}`,
    `--screenshot=${join(folder, 'icons', name)}`,
    page,
  ]);
  rmSync(temporary, { recursive: true });
};

mkdirSync(join(folder, 'icons'), { recursive: true });
draw('192.png', svg, 192);
draw('512.png', svg, 512);
draw('maskable.png', maskable, 512);
