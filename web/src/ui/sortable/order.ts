/** The list with the item at one place brought to another. */
export function movedTo<Item>(items: Item[], from: number, to: number): Item[] {
  const item = items[from];
  if (item === undefined || to < 0 || to >= items.length || from === to) return items;
  const rest = items.filter((_, place) => place !== from);
  rest.splice(to, 0, item);
  return rest;
}
