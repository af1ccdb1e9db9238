import { isLike } from '../detect/conditions.js';
import type { Activity, Endpoint, SessionEvent } from '../event/index.js';
import type { DeclaredAgent } from './declared.js';
import { egressText } from './egress.js';
import { hoursText, isWithinHours, localText } from './hours.js';
import { POWERS } from './powers.js';

/** What of an event a declaration speaks of. */
export interface Doing {
  time: number;
  endpoint: Endpoint | undefined;
  activity: Activity;
  action: string;
  /** ids and names of what it reached, as far as the record names it */
  reached: readonly string[];
  /** ids and address of the one for whom it was done; empty: nobody's but the agent's own */
  behind: readonly string[];
}

/** What of a declaration does not hold. */
export type BreachKind = 'egress' | 'power' | 'tool' | 'resource' | 'hours' | 'person';

export interface Breach {
  kind: BreachKind;
  /** what is declared, and what was done */
  declared: string;
  done: string;
}

/** Getting in and out is part of every work. */
const COMES_AND_GOES: ReadonlySet<Activity> = new Set<Activity>(['sign_in', 'token_issue', 'sign_out']);

/** Beside those what is done in a mailbox, which no agent is for that is not declared so. */
const BEYOND_ITS_WORK: ReadonlySet<Activity> = new Set<Activity>([...POWERS, 'inbox_rule']);

/** A longer name is told by its beginning: patterns of names do not reach further. */
const LONGEST = 200;

/** @param isItself the agent is the principal; else it acts with the rights of the principal, by its client */
export function doingOf({ time, src_endpoint, activity, action, resource, app, principal }: SessionEvent, isItself: boolean): Doing {
  const named = [resource?.uid, resource?.name, app?.uid, app?.name];
  const { key, email, on_behalf_of } = principal;
  const person = isItself ? on_behalf_of : key;
  const names = person === undefined ? [] : [person.slice(person.indexOf('/') + 1), isItself ? undefined : email];
  return { time, endpoint: src_endpoint, activity, action, reached: distinct(named), behind: distinct(names) };
}

function distinct(names: readonly (string | undefined)[]): string[] {
  const all = new Set<string>();
  for (const name of names) if (name !== undefined) all.add(name.slice(0, LONGEST).toLowerCase());
  return [...all];
}

/** Everything of an agent's declaration that does not hold of what it did. */
export function breachesOf({ declaration, isInEgress }: DeclaredAgent, doing: Doing): Breach[] {
  const { egress, resources, activities, actions, hours, acts_for } = declaration;
  const { time, endpoint, activity, action, reached, behind } = doing;
  const breaches: Breach[] = [];
  const add = (kind: BreachKind, declared: string, done: string) => void breaches.push({ kind, declared, done });
  if (egress !== undefined && isInEgress?.(endpoint) === false) add('egress', egressText(egress), endpoint?.ip ?? '');
  if (activities !== undefined || actions !== undefined) {
    const isDeclared = COMES_AND_GOES.has(activity) || activities?.includes(activity) === true || fits(actions, action.toLowerCase());
    if (!isDeclared) {
      const known = [...(activities ?? []), ...(actions ?? [])];
      add(BEYOND_ITS_WORK.has(activity) ? 'power' : 'tool', shown(known), `${action} (${activity})`);
    }
  }
  if (resources !== undefined && reached.length > 0 && !reached.some((name) => fits(resources, name)))
    add('resource', shown(resources), reached[0]!);
  if (hours !== undefined && !isWithinHours(hours, time)) add('hours', hoursText(hours), localText(hours, time));
  if (acts_for !== undefined && behind.length > 0 && !behind.some((name) => fits(acts_for, name)))
    add('person', acts_for.length === 0 ? 'nobody' : shown(acts_for), behind[0]!);
  return breaches;
}

function fits(patterns: readonly string[] | undefined, lower: string): boolean {
  return patterns?.some((pattern) => isLike(lower, pattern)) === true;
}

const SHOWN = 6;

function shown(words: readonly string[]): string {
  return words.length <= SHOWN ? words.join(', ') : `${words.slice(0, SHOWN).join(', ')} and ${words.length - SHOWN} more`;
}
