// Which modules go into one file. A browser pays for each file it loads, so what belongs together travels together; but what only
// a built page can tell is what belongs together: the build without groups is looked at first.
import { build, type InlineConfig, type Rolldown } from 'vite';

type Chunk = Rolldown.OutputChunk;

/** From how many pages on a piece is of the kit that all load. */
const PAGES_OF_THE_KIT = 3;

/** The modules of the entry, of the frame of every signed-in page, and of the kit that many pages are made of. */
export async function chunkGroups(config: InlineConfig, frame: RegExp) {
  const chunks = await plainChunks(config);
  const closure = (from: Chunk[]) => {
    const found = new Set<Chunk>();
    const add = (chunk: Chunk | undefined) => {
      if (!chunk || found.has(chunk)) return;
      found.add(chunk);
      for (const name of chunk.imports) add(chunks.get(name));
    };
    from.forEach(add);
    return found;
  };
  const all = [...chunks.values()].filter(({ name }) => name !== 'sw');
  const entry = closure(all.filter(({ isEntry }) => isEntry));
  const first = closure(all.filter((chunk) => entry.has(chunk) || frame.test(chunk.facadeModuleId ?? '')));
  const pages = all.filter(({ isDynamicEntry }) => isDynamicEntry).map((page) => closure([page]));
  const isOfMany = (chunk: Chunk) => pages.filter((page) => page.has(chunk)).length >= PAGES_OF_THE_KIT;
  const shared = all.filter((chunk) => !first.has(chunk) && !chunk.isDynamicEntry && isOfMany(chunk));
  const modules = (of: Iterable<Chunk>) => new Set([...of].flatMap(({ moduleIds }) => moduleIds));
  return {
    entry: modules(entry),
    frame: modules([...first].filter((chunk) => !entry.has(chunk))),
    kit: modules(shared),
  };
}

async function plainChunks(config: InlineConfig) {
  const built = await build({
    ...config,
    configFile: false,
    logLevel: 'error',
    build: { ...config.build, write: false, minify: false, manifest: false },
  });
  const { output } = built as Rolldown.RolldownOutput;
  return new Map(output.filter((one) => one.type === 'chunk').map((chunk) => [chunk.fileName, chunk]));
}
