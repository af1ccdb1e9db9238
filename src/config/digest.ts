import { createHash } from 'node:crypto';
import type { Rule } from '../core/detect/rule.js';
import type { Config } from './config.js';

/**
 * What judged: a short hash of everything that can change a finding (rules without their words and tests, lists, state limits).
 * The same whatever the order of keys in the files; 16 hex digits.
 */
export function configDigest(rules: readonly Rule[], config: Pick<Config, 'lists' | 'state'>): string {
  const judging = rules
    .map(({ uid, title, version, type, level_cap, detector, parameters, response }) => ({
      uid,
      title,
      version,
      type,
      level_cap,
      detector,
      parameters,
      response,
    }))
    .sort((a, b) => (a.uid < b.uid ? -1 : 1));
  return createHash('sha256')
    .update(canonicalJson({ rules: judging, lists: config.lists, state: config.state }))
    .digest('hex')
    .slice(0, 16);
}

/** JSON with the keys of every object in order. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : v,
  );
}
