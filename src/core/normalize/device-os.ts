import { osFamily } from '../enrich/os-family.js';
import { text } from './record.js';

/** Answers so far: devices name a few dozen systems and versions, over and over. */
const FAMILIES = new Map<string, string | undefined>();
const MOST_FAMILIES = 1000;
const LONGEST_NAME = 100;

/** OS family of a vendor's device field. @param value `Windows 10`, `OSX`, `Ios 18`, `MacOs` */
export function deviceOs(value: unknown): string | undefined {
  const name = text(value);
  if (name === undefined || name.length > LONGEST_NAME) return undefined;
  const known = FAMILIES.get(name);
  if (known !== undefined || FAMILIES.has(name)) return known;
  const family = osFamily(name);
  if (FAMILIES.size < MOST_FAMILIES) FAMILIES.set(name, family);
  return family;
}
