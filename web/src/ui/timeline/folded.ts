/** From how many on quiet entries are folded: fewer are read faster than opened. */
const FOLD_FROM = 3;

/** Runs of quiet entries as lists, all else as it is. */
export function folded<Entry extends { isQuiet?: boolean }>(entries: Entry[]): (Entry | Entry[])[] {
  const result: (Entry | Entry[])[] = [];
  let run: Entry[] = [];
  const close = () => {
    if (run.length >= FOLD_FROM) result.push(run);
    else result.push(...run);
    run = [];
  };
  for (const entry of entries) {
    if (entry.isQuiet) run.push(entry);
    else {
      close();
      result.push(entry);
    }
  }
  close();
  return result;
}
