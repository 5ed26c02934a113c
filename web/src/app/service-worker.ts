const ASK_EVERY_MS = 30 * 60_000;

/** Installs the service worker and tells when a newer version of the application stands ready. */
export function watchVersion(onNewer: () => void, signal: AbortSignal) {
  if (signal.aborted) return;
  // A piece that is loaded late is gone after an update of the server.
  window.addEventListener('vite:preloadError', onNewer, { signal });
  if (import.meta.env.PROD && 'serviceWorker' in navigator) void follow(onNewer, signal);
}

async function follow(onNewer: () => void, signal: AbortSignal) {
  const { serviceWorker } = navigator;
  // The first worker of a browser brings nothing new.
  let had = serviceWorker.controller !== null;
  serviceWorker.addEventListener(
    'controllerchange',
    () => {
      if (had) onNewer();
      had = true;
    },
    { signal },
  );
  const registration = await serviceWorker.register('/sw.js').catch(() => undefined);
  if (!registration) return;
  const ask = () => {
    if (document.visibilityState === 'visible') registration.update().catch(() => {});
  };
  const timer = setInterval(ask, ASK_EVERY_MS);
  document.addEventListener('visibilitychange', ask, { signal });
  signal.addEventListener('abort', () => clearInterval(timer));
}
