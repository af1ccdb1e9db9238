import type { SourceKeys } from '../mapped.js';
import { SOURCE_ENTRIES } from '../sources/index.js';

/** What Sessionvigil reads a field for: what a session, token, device or client is known by, and `other` for the rest. */
export const DRIFT_KEYS = ['session', 'token', 'device', 'address', 'user_agent', 'other'] as const;
export type DriftKey = (typeof DRIFT_KEYS)[number];

type KeyOf = (path: string) => DriftKey;

/** Vendor and product, as two texts, to what its fields are read for; of a product that is in no table, undefined. */
export type FindKeys = (vendor: string, product: string) => KeyOf | undefined;

export function createFindKeys(): FindKeys {
  const products = new Map<string, KeyOf>();
  for (const { vendor, create } of SOURCE_ENTRIES)
    for (const keys of create('default').keys) products.set(`${vendor}\n${keys.product}`, keyOf(pathsOf(keys)));
  return (vendor, product) => products.get(`${vendor}\n${product}`);
}

function pathsOf({ session = [], root, token = [], device = [], address = [], user_agent = [] }: SourceKeys): [string, DriftKey][] {
  const of = (key: DriftKey, paths: readonly string[]) => paths.map((path): [string, DriftKey] => [path, key]);
  return [
    ...of('session', [...session.flatMap(({ paths }) => paths), ...(root === undefined ? [] : [root])]),
    ...of('token', token),
    ...of('device', device),
    ...of('address', address),
    ...of('user_agent', user_agent),
  ];
}

/** Whoever loses an object loses what is in it. Collectors write names in their own case, and some leave out what Azure puts around each record. */
function keyOf(paths: readonly [string, DriftKey][]): KeyOf {
  const known = paths.map(([path, key]): [string, DriftKey] => [path.toLowerCase(), key]);
  const isLost = (of: string, place: string) => of === place || of.startsWith(`${place}.`) || of.startsWith(`${place}[`);
  return (path) => {
    const place = path.toLowerCase();
    return known.find(([of]) => isLost(of, place) || isLost(of.replace(WRAPPER, ''), place))?.[1] ?? 'other';
  };
}

const WRAPPER = /^properties\./;
