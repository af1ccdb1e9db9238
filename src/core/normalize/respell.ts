import type { Raw } from './mapped.js';

/**
 * Some collectors lower-case the keys of records, others capitalise them. Mappers read the vendor's own spelling; a record that visibly has
 * another one is respelled once, so that the usual record pays nothing.
 */
export type Spelling = ReadonlyMap<string, string>;

/** @param names keys in the vendor's own spelling; they are found in lower case, capitalised and with a small first letter */
export function spelling(names: readonly string[]): Spelling {
  const found = new Map<string, string>();
  for (const name of names) {
    found.set(name.toLowerCase(), name);
    found.set(name.charAt(0).toUpperCase() + name.slice(1), name);
    found.set(name.charAt(0).toLowerCase() + name.slice(1), name);
  }
  for (const name of names) found.set(name, name);
  return found;
}

/** Deeper levels hold nothing that a mapper reads. */
const DEPTH = 6;

/** The record with known keys in the vendor's spelling; other keys, and objects that need no change, stay as they are. */
export function respell(record: Raw, names: Spelling): Raw {
  return respellObject(record, names, DEPTH);
}

function respellObject(record: Raw, names: Spelling, depth: number): Raw {
  let out: Record<string, unknown> | undefined;
  const keys = Object.keys(record);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    const value = record[key];
    const respelled = typeof value === 'object' && value !== null && depth > 0 ? respellInner(value, names, depth - 1) : value;
    const usual = names.get(key) ?? key;
    if (out === undefined) {
      if (usual === key && respelled === value) continue;
      out = {};
      for (let j = 0; j < i; j++) put(out, keys[j] as string, record[keys[j] as string]);
    }
    // the exact spelling wins over another one beside it
    if (usual === key || !Object.hasOwn(record, usual)) put(out, usual, respelled);
  }
  return out ?? record;
}

/** Assigning `__proto__` would change the prototype instead of adding a member. */
function put(out: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') out[key] = value;
}

function respellInner(value: object, names: Spelling, depth: number): unknown {
  if (!Array.isArray(value)) return respellObject(value as Raw, names, depth);
  let changed = false;
  const items = value.map((item: unknown) => {
    const respelled = typeof item === 'object' && item !== null && depth > 0 ? respellInner(item, names, depth - 1) : item;
    if (respelled !== item) changed = true;
    return respelled;
  });
  return changed ? items : value;
}
