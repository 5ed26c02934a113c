import '@mantine/core/styles.layer.css';
import './global.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { createRouter, RouterProvider } from '@tanstack/react-router';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient, keys } from '@/api/query';
import { routeTree } from '@/routeTree.gen';
import { colorSchemeManager } from './color-scheme';
import { initialLanguage, speak } from './i18n';
import { parseSearch, stringifySearch } from './search-params';
import { cssVariablesResolver, theme } from './theme';

const ErrorPage = lazy(() => import('./ErrorPage'));
const NotFoundPage = lazy(() => import('./NotFoundPage'));
// For those who build the product; no build of it has it.
const KitPage = import.meta.env.DEV ? lazy(() => import('./kit/KitPage')) : undefined;

const queryClient = createQueryClient(() => {
  // A lost session, not the question at the door whether there is one.
  if (!queryClient.getQueryData(keys.me)) return;
  queryClient.clear();
  router.invalidate();
});

const router = createRouter({
  routeTree,
  context: { queryClient },
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: NotFoundPage,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

await speak(initialLanguage());

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={queryClient}>
        {KitPage && window.location.pathname === '/kit' ? (
          <Suspense>
            <KitPage />
          </Suspense>
        ) : (
          <RouterProvider router={router} />
        )}
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
