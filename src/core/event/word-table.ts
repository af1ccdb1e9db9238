/**
 * A table that is asked for words out of records: a plain object answers to `constructor` and `__proto__` as well, with what is no word of ours, and what
 * comes of that no reader expects.
 */
export function wordTable<T>(rows: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.assign(Object.create(null), rows);
}
