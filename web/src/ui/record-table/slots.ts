import type { VirtualItem, Virtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';

type Rows = Virtualizer<HTMLDivElement, Element>;

/** A row in sight, and whose elements it has. */
interface Placed {
  item: VirtualItem;
  slot: number;
}

/**
 * The rows in sight and the slots they stand in. A row that leaves gives its slot, with all of its elements, to the one that comes: to make
 * and remove them is most of what a fast scroll costs. In the document rows stand in their order, for whoever hears them; only while a hand
 * flings past them they stand in that of the slots, because an element that moves within the document is laid out as if it were new.
 */
export function useSlots(virtual: Rows, rowHeight: number, overscan: number): Placed[] {
  const before = useRef({ start: 0, isFlung: false });
  const items = virtual.getVirtualItems();
  const start = items[0]?.index ?? 0;
  const isLeap = Math.abs(start - before.current.start) > overscan / 2;
  before.current = { start, isFlung: virtual.isScrolling && (isLeap || before.current.isFlung) };
  const slots = Math.ceil((virtual.scrollRect?.height ?? 0) / rowHeight) + 2 * overscan + 2;
  const placed = items.map((item) => ({ item, slot: item.index % slots }));
  return before.current.isFlung ? placed.sort((one, other) => one.slot - other.slot) : placed;
}
