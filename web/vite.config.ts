import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { tanstackRouter } from '@tanstack/router-plugin/vite';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { mergeConfig, type UserConfig } from 'vite';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { chunkGroups } from './scripts/chunks';

const backend = process.env.CRM_URL ?? 'http://127.0.0.1:8080';

/** Writes into the service worker of which build it is, so that a browser sees a new one with every change. */
const buildIntoServiceWorker: Plugin = {
  name: 'crm-build-into-service-worker',
  enforce: 'post',
  generateBundle(_options, bundle) {
    const worker = bundle['sw.js'];
    if (worker?.type !== 'chunk') return;
    const names = Object.keys(bundle).sort().join();
    worker.code = worker.code.replace('__BUILD__', createHash('sha256').update(names).digest('hex').slice(0, 12));
  },
};

const plain: UserConfig = {
  plugins: [
    tanstackRouter({
      target: 'react',
      autoCodeSplitting: true,
      // A page's loader comes with the page: what it asks for is no part of the first load.
      codeSplittingOptions: {
        defaultBehavior: [['component', 'loader', 'pendingComponent', 'errorComponent', 'notFoundComponent']],
      },
      generatedRouteTree: './src/routeTree.gen.ts',
    }),
    react(),
    buildIntoServiceWorker,
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { port: 5173, proxy: { '/api': backend } },
  build: {
    target: 'es2022',
    manifest: true,
    sourcemap: false,
    rollupOptions: {
      input: { index: 'index.html', sw: 'src/sw.ts' },
      output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
};

export default defineConfig(async ({ command, mode }) => {
  const config: ViteUserConfig = {
    ...plain,
    test: {
      environment: 'jsdom',
      include: ['src/**/*.test.{ts,tsx}'],
      setupFiles: ['./src/test/setup.ts'],
      restoreMocks: true,
    },
  };
  if (command !== 'build' || mode === 'test') return config;
  return mergeConfig(config, { build: { rollupOptions: { output: { codeSplitting: await groups() } } } });
});

async function groups() {
  const { entry, frame, kit } = await chunkGroups(plain, /\/_app\.tsx\?/);
  const of = (name: string, modules: Set<string>) => ({ name, test: (id: string) => modules.has(id) });
  return {
    includeDependenciesRecursively: false,
    groups: [of('base', entry), of('frame', frame), of('kit', kit)],
  };
}
