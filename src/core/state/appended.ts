/**
 * The list with one more item. The first item makes a list of its own size: pushed onto an empty list it would reserve room for seventeen, and
 * most people's lists hold one or two.
 */
export function appended<T>(list: T[], item: T): T[] {
  if (list.length === 0) return [item];
  list.push(item);
  return list;
}
