/**
 * The list with one more item. Pushed onto a short list it would reserve room for seventeen, and most people's lists hold one, two or three: so
 * up to four items make a list of just their number.
 */
export function appended<T>(list: T[], item: T): T[] {
  switch (list.length) {
    case 0:
      return [item];
    case 1:
      return [list[0] as T, item];
    case 2:
      return [list[0] as T, list[1] as T, item];
    case 3:
      return [list[0] as T, list[1] as T, list[2] as T, item];
    default:
      list.push(item);
      return list;
  }
}
