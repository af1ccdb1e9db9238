import type { Activity } from '../../event/index.js';
import { clip } from '../record.js';

/** The names of a vendor's acts by what they mean to a session; each name once. */
export type ActionNames = Partial<Record<Activity, readonly string[]>>;
/** For names that stand in no table, tried in order: vendors add some with every release. */
export type ActionPatterns = readonly (readonly [RegExp, Activity])[];

const LONGEST_NAME = 200;
/** A vendor has some hundred names; who makes one up for every record fills no memory. */
const MOST_KEPT = 1000;

/**
 * What the acts of a vendor are, by name.
 * @returns for a name as the table spells it its activity: from the table, else from the first pattern that fits, else `other`
 */
export function actionTable(names: ActionNames, patterns: ActionPatterns = []): (name: string) => Activity {
  const known = new Map<string, Activity>();
  for (const [activity, list] of Object.entries(names)) for (const name of list) known.set(name, activity as Activity);
  const guessed = new Map<string, Activity>();
  return (name) => {
    const sure = known.get(name) ?? guessed.get(name);
    if (sure !== undefined) return sure;
    const begin = clip(name, LONGEST_NAME);
    const guess = patterns.find(([pattern]) => pattern.test(begin))?.[1] ?? 'other';
    if (guessed.size < MOST_KEPT && begin === name) guessed.set(name, guess);
    return guess;
  };
}

/** Acts on a person that leave a trace at that person when somebody else did them. */
export const ACTS_ON_PEOPLE: ReadonlySet<Activity> = new Set<Activity>([
  'session_revoke',
  'credential_change',
  'recovery',
  'mfa_change',
  'role_grant',
  'impersonation',
  'device_register',
  'oauth_consent',
  'api_key',
]);

const EFFECTS: readonly (readonly [RegExp, string])[] = [
  [/delet|remov|destroy|revok|archiv|drop/i, 'deleted'],
  [/disabl|deactivat/i, 'disabled'],
  [/enabl|activat/i, 'enabled'],
  [/creat|add|generat|regist|mint|initiat/i, 'created'],
];

/** What an act did to a setting or key, by its name. */
export function effectOf(name: string): string {
  const begin = clip(name, LONGEST_NAME);
  return EFFECTS.find(([pattern]) => pattern.test(begin))?.[1] ?? 'changed';
}
