import type { Raw } from '../mapped.js';

/**
 * Rows of the tables that Log Analytics connectors write: one flat object, the path joined by underscores, the type as last letter, and
 * ` [UTC]` behind times in what a person exported. Keys have underscores of their own, so which of them is a step is the vendor's to say.
 */
export type RowReader = (record: Raw) => Raw;

const SUFFIX = /_[sdbgt](?: \[UTC\])?$/;
const LONGEST_COLUMN = 200;
/** A table has some hundred columns, and they stay the same. */
const MOST_KEPT = 1000;

/** @param steps keys that hold an object; `access_device` makes `access_device_ip_s` the `ip` of `access_device` */
export function rowReader(steps: readonly string[]): RowReader {
  const paths = new Map<string, readonly string[]>();
  const pathOf = (column: string): readonly string[] => {
    const known = paths.get(column);
    if (known !== undefined) return known;
    const path: string[] = [];
    let rest = column.length > LONGEST_COLUMN ? column : column.replace(SUFFIX, '');
    for (let step = stepOf(rest, steps); step !== undefined; step = stepOf(rest, steps)) {
      path.push(step);
      rest = rest.slice(step.length + 1);
    }
    path.push(rest);
    if (paths.size < MOST_KEPT) paths.set(column, path);
    return path;
  };
  return (record) => {
    const out: Record<string, unknown> = {};
    for (const column of Object.keys(record)) {
      const value = record[column];
      // every row has all columns of the table; those of other logs are empty
      if (value === '' || value === null || value === undefined || column.includes('__proto__')) continue;
      const path = pathOf(column);
      let at = out;
      for (let i = 0; i < path.length - 1; i++) {
        const step = path[i] as string;
        let next = at[step];
        if (typeof next !== 'object' || next === null) {
          next = {};
          at[step] = next;
        }
        at = next as Record<string, unknown>;
      }
      at[path[path.length - 1] as string] = value;
    }
    return out;
  };
}

function stepOf(name: string, steps: readonly string[]): string | undefined {
  return steps.find((step) => name.length > step.length + 1 && name.startsWith(step) && name.charCodeAt(step.length) === 95);
}
