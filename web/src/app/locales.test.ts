import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import english from './locales-en';
import turkish from './locales-tr';

const root = join(__dirname, '..');

function flatten(texts: object, prefix = ''): string[] {
  return Object.entries(texts).flatMap(([name, value]) =>
    typeof value === 'string' ? [prefix + name] : flatten(value, `${prefix}${name}.`),
  );
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.(test|d)\./.test(entry.name) ? [readFileSync(path, 'utf8')] : [];
  });
}

/** A key is asked for without its plural, and without the context in which it has words of its own (`{ context: 'opportunities' }`). */
const withoutPlural = (key: string) => key.replace(/_(one|other)$/, '');
const withoutContext = (key: string) => key.replace(/_opportunities$/, '');
const keys = flatten(turkish);
const known = new Set(keys.map(withoutPlural));

/** Keys in the code: whole ones, and beginnings that end in a placeholder. */
function usedKeys() {
  const namespaces = Object.keys(turkish).join('|');
  // Names of permissions and of commands look alike.
  const literal = new RegExp(
    `(?<!permission: |\\bid: |may\\(me, )['"\`]((?:${namespaces})\\.[\\w.]+(?:\\$\\{[^}]*\\}[\\w.]*)*)['"\`]`,
    'g',
  );
  const found = sources(root).flatMap((source) => [...source.matchAll(literal)].map((match) => match[1] as string));
  return {
    whole: found.filter((key) => !key.includes('${')),
    patterns: found
      .filter((key) => key.includes('${'))
      .map((key) => new RegExp(`^${key.replaceAll('.', '\\.').replace(/\$\{[^}]*\}/g, '\\w+')}$`)),
  };
}

it('says everything in both languages', () => {
  expect(flatten(english).sort()).toEqual([...keys].sort());
});

it('uses the same placeholders in both languages', () => {
  const placeholders = (texts: object) => {
    const all: Record<string, string[]> = {};
    const walk = (node: object, prefix: string) => {
      for (const [name, value] of Object.entries(node)) {
        if (typeof value !== 'string') walk(value, `${prefix}${name}.`);
        else all[prefix + name] = [...value.matchAll(/\{\{\w+\}\}/g)].map(([match]) => match).sort();
      }
    };
    walk(texts, '');
    return all;
  };
  expect(placeholders(english)).toEqual(placeholders(turkish));
});

it('has a text for every key in the code', () => {
  const missing = usedKeys().whole.filter((key) => !known.has(key));
  expect(missing).toEqual([]);
});

it('keeps no text that no code asks for', () => {
  const { whole, patterns } = usedKeys();
  const asked = new Set(whole);
  const unused = [...known].filter(
    (key) => !asked.has(key) && !asked.has(withoutContext(key)) && !patterns.some((pattern) => pattern.test(key)),
  );
  expect(unused).toEqual([]);
});
