import type { PropertyReader } from '../../../src/core/normalize/sources/microsoft/directory-properties.js';

export const nothing: PropertyReader = () => undefined;

/** A reader of changed properties: each with its new value, or with its new and its old one. */
export function changed(values: Record<string, string | [after: string | undefined, before: string | undefined]>): PropertyReader {
  return (name, side) => {
    const value = values[name];
    const [after, before] = Array.isArray(value) ? value : [value, undefined];
    return side === 'old' ? before : side === 'new' ? after : (after ?? before);
  };
}
