import { createHash } from 'node:crypto';
import type { Declarations } from '../core/declared/declarations.js';
import type { Rule } from '../core/detect/rule.js';
import type { SuppressionEntry } from '../core/detect/suppress.js';
import type { Config } from './config.js';

/** What judges beside the rules. */
export interface Judging {
  /** the operator's lists, as far as they are in force */
  lists: Config['lists'];
  sign_on: Config['sign_on'];
  /** what is hidden, in the order in which it is asked, with the rules' own */
  suppressions: readonly SuppressionEntry[];
  state: Config['state'];
  /** of agents and partners; absent when there are none */
  declared?: Declarations | undefined;
  /** file under data/ -> digest of what stands in it */
  data: Readonly<Record<string, string>>;
}

/**
 * What judged: a short hash of everything here that can change a finding or a command (rules without their words and tests, lists of the
 * operator and under data/, suppressions, state limits). The same whatever the order of keys in the files; 16 hex digits.
 */
export function configDigest(rules: readonly Rule[], { lists, sign_on, suppressions, state, data, declared }: Judging): string {
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
  return digestOf({
    ...{ rules: judging, lists, suppressions, state, data, declared: declared && withoutOwners(declared) },
    ...(sign_on.length === 0 ? {} : { sign_on }),
  });
}

/** Who answers for what changes no finding. */
function withoutOwners({ agents, partners }: Declarations): unknown {
  const bare = ({ owner: _, ...rest }: { owner: string }) => rest;
  return { agents: agents.map(bare), partners: partners.map(bare) };
}

/** 16 hex digits that tell values apart; the same whatever the order of keys. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16);
}

/** JSON with the keys of every object in order. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : v,
  );
}
