import { useCallback, useMemo, useState } from 'react';

/** Chosen records: by id, or everything the list's query finds. */
export type Selection = { all: true } | { all: false; ids: ReadonlySet<number> };

const nothing: Selection = { all: false, ids: new Set() };

/** What a table and its action bar need to know of a selection and do with it. */
export interface SelectionState {
  value: Selection;
  isEmpty: boolean;
  has: (id: number) => boolean;
  toggle: (id: number) => void;
  toggleLoaded: () => void;
  selectAll: () => void;
  clear: () => void;
  loaded: 'all' | 'some' | 'none';
}

/** The selection over the loaded ids. Taking one row out of "everything" leaves the other loaded ones. */
export function useSelection(loadedIds: number[]): SelectionState {
  const [value, setValue] = useState<Selection>(nothing);

  const toggle = useCallback(
    (id: number) =>
      setValue((before) => {
        const ids = new Set(before.all ? loadedIds : before.ids);
        if (!ids.delete(id)) ids.add(id);
        return { all: false, ids };
      }),
    [loadedIds],
  );

  return useMemo(() => {
    const has = (id: number) => value.all || value.ids.has(id);
    const chosen = loadedIds.filter(has).length;
    const loaded = chosen === 0 ? 'none' : chosen === loadedIds.length ? 'all' : 'some';
    return {
      value,
      isEmpty: !value.all && value.ids.size === 0,
      has,
      toggle,
      toggleLoaded: () => setValue(loaded === 'all' ? nothing : { all: false, ids: new Set(loadedIds) }),
      selectAll: () => setValue({ all: true }),
      clear: () => setValue(nothing),
      loaded,
    };
  }, [value, loadedIds, toggle]);
}
