import '@mantine/core/styles.layer.css';
import './global.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { createRouter, RouterProvider } from '@tanstack/react-router';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient, keys } from '@/api/query';
import { meQuery } from '@/api/session';
import { type FileRoutesById, routeTree } from '@/routeTree.gen';
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

// What the address shows comes along with the language and the question who is there: none waits for the other.
for (const { routeId } of router.matchRoutes(router.latestLocation) as { routeId: keyof FileRoutesById }[]) {
  // Whoever needs it asks again, and says what is wrong.
  router.loadRouteChunk(router.routesById[routeId])?.catch(() => undefined);
  if (routeId === '/_app') queryClient.prefetchQuery(meQuery);
}

// Not awaited at the top: what the texts are made of is in this very file.
speak(initialLanguage()).then(() =>
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
  ),
);
