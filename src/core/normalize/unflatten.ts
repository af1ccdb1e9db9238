import type { Raw } from './mapped.js';

/**
 * A record whose collector wrote paths in place of keys (`userIdentity.arn`, `client_ipAddress_s`), with its sections as they were.
 * @param pathOf the steps to the value of a column; undefined for a column that is none of the record's
 */
export function unflatten(record: Raw, pathOf: (column: string) => readonly string[] | undefined): Raw {
  const out: Record<string, unknown> = {};
  for (const column of Object.keys(record)) {
    const path = pathOf(column);
    // a column may be called whatever its sender likes
    if (path === undefined || path.includes('__proto__')) continue;
    let at = out;
    for (let i = 0; i < path.length - 1; i++) {
      const step = path[i] as string;
      let next = Object.hasOwn(at, step) ? at[step] : undefined;
      if (typeof next !== 'object' || next === null) {
        next = {};
        at[step] = next;
      }
      at = next as Record<string, unknown>;
    }
    at[path[path.length - 1] as string] = record[column];
  }
  return out;
}
