/** One tree of texts from the files of a language: those of a feature under its name, the shared ones under `common`. */
export function byFeature(modules: Record<string, unknown>): Record<string, unknown> {
  const texts: Record<string, unknown> = {};
  for (const [path, module] of Object.entries(modules)) {
    const feature = /features\/([^/]+)\//.exec(path)?.[1] ?? 'common';
    texts[feature] = (module as { default: unknown }).default;
  }
  return texts;
}
