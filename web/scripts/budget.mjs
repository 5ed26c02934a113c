// Fails when the first load grows over its budget: what the entry and the frame of every signed-in page
// make a browser fetch, gzipped, and when the kit of all pages or a page does. The language comes on top (18 kB).
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const KB = 1000;
const limits = { js: 196 * KB, css: 36 * KB, kit: 133 * KB, route: 50 * KB };
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

const sizes = new Map();
const size = (file) => {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length);
  return sizes.get(file);
};

/** The chunk and all it imports at once, without those in `known`. */
function closure(key, known = new Set(), found = new Set()) {
  if (known.has(key) || found.has(key)) return found;
  found.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, known, found);
  return found;
}

const weigh = (keys) => {
  const js = new Set();
  const css = new Set();
  for (const key of keys) {
    js.add(manifest[key].file);
    for (const file of manifest[key].css ?? []) css.add(file);
  }
  const sum = (files) => [...files].reduce((total, file) => total + size(file), 0);
  return { js: sum(js), css: sum(css) };
};

const failures = [];
const report = (name, bytes, limit) => {
  console.log(`${name.padEnd(58)} ${(bytes / KB).toFixed(1).padStart(7)} kB of ${limit / KB}`);
  if (bytes > limit) failures.push(name);
};

const entry = 'index.html';
const file = (name) => Object.keys(manifest).find((key) => key.startsWith(`_${name}-`) && key.endsWith('.js'));
const frame = file('frame');
const kit = file('kit');
const shell = closure(entry);
for (const key of closure(frame, shell)) shell.add(key);
const first = weigh(shell);
report('first load (entry and frame), JS', first.js, limits.js);
report('first load (entry and frame), CSS', first.css, limits.css);
const pieces = closure(kit, shell);
report('+ kit', weigh(pieces).js, limits.kit);
for (const key of pieces) shell.add(key);
for (const key of Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry)) {
  report(`+ ${key}`, weigh(closure(key, shell)).js, limits.route);
}

if (failures.length > 0) {
  console.error(`over budget: ${failures.join(', ')}`);
  process.exit(1);
}
