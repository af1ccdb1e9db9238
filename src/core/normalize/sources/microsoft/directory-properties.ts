import { isTooDeep } from '../../read.js';
import { text } from '../../record.js';

/** A changed property of the object, plain: without a side its new value or, when it was taken away, the old one. */
export type PropertyReader = (name: string, side?: 'new' | 'old') => string | undefined;

/** The value of a changed property on one side. */
export function valueOn(side: 'new' | 'old' | undefined, newValue: unknown, oldValue: unknown): string | undefined {
  if (side === 'old') return plainValue(oldValue);
  const value = plainValue(newValue);
  return value !== undefined || side === 'new' ? value : plainValue(oldValue);
}

/** A property value without its JSON dressing: `"\"User.Read\""`, `"[\"a\"]"` and `["a"]` are plain text in our words. */
export function plainValue(value: unknown): string | undefined {
  const raw = text(value);
  if (raw === undefined) return undefined;
  const first = raw.charCodeAt(0);
  if (first !== 34 && first !== 91) return raw;
  // most are a plain text in quotes
  if (first === 34 && raw.indexOf('"', 1) === raw.length - 1 && raw.indexOf('\\') < 0) return text(raw.slice(1, -1));
  if (isTooDeep(raw)) return undefined;
  try {
    const parsed: unknown = JSON.parse(raw);
    if (Array.isArray(parsed)) {
      if (parsed.some((item) => typeof item === 'object' && item !== null)) return raw;
      return text(parsed.map(String).join(' '));
    }
    return typeof parsed === 'string' ? text(parsed) : raw;
  } catch {
    return raw;
  }
}
