import type { Observation } from '../../state/observation.js';
import type { Print, Traits } from '../../state/print.js';
import type { Session } from '../../state/session.js';
import { isLastingUse, keyOfCredential, type ShownKind, valueIn } from '../../state/usage.js';
import { compare, sameNetwork } from '../compare.js';
import type { Scene } from '../judgement.js';
import { deviates, isLaterNote, isOneOf } from './notes.js';
import type { ReuseSettings } from './settings.js';

/** Is it where an app that somebody let in may have its servers? Not its grant in a network of people, or behind Tor. */
export function isAtServer({ lane, endpoint }: Print): boolean {
  return lane === 'app' && endpoint?.as_class === 'hosting';
}

/** Is it a way out of the app's own: where its servers are known to be, or where the grant is used by habit? */
export function isAppsOwn(settings: ReuseSettings, scene: Scene, seen: Observation): boolean {
  return isAppsServer(settings, scene, seen.print) || isByHabit(settings, scene, seen);
}

/**
 * Is it the servers of an app that somebody let in: a data centre in which it worked first, or another of that operator's? Where they are has nothing to do with where the
 * person let it in. What the app deviates by is remembered all the same: its grant in a network of people is no server of its.
 */
function isAppsServer(settings: ReuseSettings, scene: Scene, print: Print): boolean {
  const note = print.notes[settings.rule];
  const { baseline } = note ?? {};
  if (note === undefined || baseline === undefined || !isAtServer(print)) return false;
  if (baseline.lane !== 'app') return !scene.session.prints.some((other) => isEarlierApp(settings, other, print));
  const { factors } = compare(baseline, print, undefined, settings.compare, scene.isOperatorEgress, true);
  return factors.every(({ name }) => name === 'country_changed') && isAppsServer(settings, scene, baseline);
}

/** Did the app work from elsewhere before? */
function isEarlierApp({ rule }: ReuseSettings, other: Print, print: Print): boolean {
  const theirs = other.notes[rule];
  return other !== print && other.lane === 'app' && theirs !== undefined && isLaterNote(print.notes[rule]!, theirs);
}

/**
 * Where a grant was used on two days, and nobody was held for a stranger there, is a habit of the grant after the probation: a second cloud, a person's own machine
 * elsewhere. Networks of people are such in the countries where the grant is used; clouds have their servers anywhere.
 */
function isByHabit({ rule }: ReuseSettings, { person: { habits } }: Scene, seen: Observation): boolean {
  const { print, client_uid: client, time } = seen;
  if (print.lane !== 'app' || client === undefined || print.endpoint?.asn === undefined || print.notes[rule]?.is_suspect === true)
    return false;
  const owner = keyOfCredential(client);
  const isKnown = (kind: ShownKind): boolean => {
    const value = valueIn(seen, kind);
    return value === undefined || isLastingUse(habits, owner, kind, value, time);
  };
  return isKnown('network') && (isAtServer(print) || isKnown('country'));
}

/** Did the app run on a machine of its user's before, as far as is known? */
export function runsOnMachines(settings: ReuseSettings, { prints }: Session, print: Print): boolean {
  return prints.some((other) => isEarlierApp(settings, other, print) && !isAtServer(other) && !deviates(other.notes[settings.rule]));
}

/** Is it the first that is seen of the app at that operator's? An app that moves, or that has servers in two clouds, says no more with every use. */
export function isFirstThere(settings: ReuseSettings, { session }: Scene, { uid, time, print }: Observation): boolean {
  const { since_uid, since_time } = print.notes[settings.rule]!;
  if (since_uid !== uid || since_time !== time) return false;
  return !session.prints.some((other) => isEarlierApp(settings, other, print) && isSameOperator(other, print));
}

function isSameOperator(a: Traits, b: Traits): boolean {
  return a.endpoint !== undefined && b.endpoint !== undefined && sameNetwork(a.endpoint, b.endpoint);
}

/** Did the app do the same at another operator's, as far back as is looked? Services move with what they do every day. */
export function doesElsewhere(settings: ReuseSettings, { session: { tail } }: Scene, at: number): boolean {
  const seen = tail[at]!;
  for (let i = at - 1; i >= 0 && tail[i]!.time >= seen.time - settings.lookBack; i--) {
    const { print, action } = tail[i]!;
    if (action !== seen.action || print.lane !== 'app' || print.endpoint === undefined) continue;
    if (!isSameOperator(print, seen.print) && !isOneOf(settings, seen.print, print, seen)) return true;
  }
  return false;
}
