/** The address if it lies on this site, else nothing: a link from outside must not lead back outside. */
export function localPath(address: unknown, origin = globalThis.location.origin): string | undefined {
  if (typeof address !== 'string' || !address.startsWith('/')) return undefined;
  const url = new URL(address, origin);
  if (url.origin !== origin || url.pathname.startsWith('//')) return undefined;
  return url.pathname + url.search + url.hash;
}
