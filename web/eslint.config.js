import { readdirSync } from 'node:fs';
import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const order = ['lib', 'api', 'ui', 'features', 'app'];
const above = (layer) => order.slice(order.indexOf(layer) + 1).concat('routes');

const mayNotImport = (files, groups, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group: groups, message }] }] },
});

/** Imports flow lib → api → ui → features → app → routes. */
const layers = ['lib', 'api', 'ui'].map((layer) =>
  mayNotImport(
    [`src/${layer}/**`],
    above(layer).flatMap((name) => [`@/${name}/**`, `**/../${name}/**`]),
    `${layer} may import only what lies below it: ${order.slice(0, order.indexOf(layer)).join(', ') || 'nothing'}.`,
  ),
);

const names = readdirSync(new URL('src/features', import.meta.url));
const features = names.map((name) =>
  mayNotImport(
    [`src/features/${name}/**`],
    [
      '@/features/**',
      '@/app/**',
      '@/routes/**',
      ...names.filter((other) => other !== name).map((other) => `**/../${other}/**`),
    ],
    'A feature imports lib, api, ui and itself (by relative path); routes compose features.',
  ),
);

export default tseslint.config(
  { ignores: ['src/api/schema.d.ts', 'src/routeTree.gen.ts'] },
  { files: ['src/**/*.{ts,tsx}'], languageOptions: { parser: tseslint.parser }, plugins: { 'react-hooks': hooks } },
  {
    files: ['src/**/*.{ts,tsx}'],
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'warn' },
  },
  ...layers,
  ...features,
  mayNotImport(['src/app/**'], ['@/features/**'], 'Only routes compose features.'),
);
